#pragma once

#include "db/connection.hpp"
#include "util/clock.hpp"

#include <string>

/// Who has started the server may make the first user; the token says that it is them.
namespace skerry::auth {

constexpr Time setup_lifetime = 30LL * 60 * 1000;

/// A new one, good once and for 30 minutes; those before are void. For the address that `serve` shows while
/// there is no user (see any_users).
std::string make_setup_token(db::Connection& db, Time now = skerry::now());
/// Whether it may be used. Nothing is changed.
bool is_setup_token(db::Connection& db, const std::string& token, Time now = skerry::now());
/// Uses it up; false when it may not be used.
bool use_setup_token(db::Connection& db, const std::string& token, Time now = skerry::now());

} // namespace skerry::auth
