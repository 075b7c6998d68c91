#pragma once

#include "api/caller.hpp"
#include "auth/login_store.hpp"
#include "db/connection.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

/// Who stands behind a request. One indexed select; now and then a short write of when and where from. Not
/// within a transaction of the caller's.
namespace skerry::auth {

/// Nothing when there is no such login, or it has expired. Its 30 days begin anew at most once a day; when
/// and from where it was used is written once an hour, or a minute when that has changed.
std::optional<api::Caller> caller_of_login(db::Connection& db, std::string_view token, const Origin& origin,
                                           Time now = skerry::now());

/// Nothing when there is no such token, or it has expired. When it was used is written at most once a minute.
std::optional<api::Caller> caller_of_token(db::Connection& db, std::string_view token, const Origin& origin,
                                           Time now = skerry::now());

/// When the login or token expires; nothing when it never does, or is none.
std::optional<Time> expiry_of(db::Connection& db, std::string_view proof);

/// Grows whenever a login or token has ended before its time, or a user's role has changed, in any process:
/// equal values mean that whoever was somebody still is, unless their time is over.
std::int64_t access_changes(db::Connection& db);

} // namespace skerry::auth
