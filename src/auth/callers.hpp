#pragma once

#include "api/caller.hpp"
#include "auth/login_store.hpp"
#include "db/connection.hpp"

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

} // namespace skerry::auth
