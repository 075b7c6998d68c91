#pragma once

#include "api/json.hpp"
#include "auth/user.hpp"
#include "db/connection.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a browser or another client has after its user gave the password: a random token, good for 30 days
/// after its last use.
namespace skerry::auth {

constexpr Time login_lifetime = 30LL * 24 * 3600 * 1000;

/// Where a request came from.
struct Origin {
    std::string address{};
    std::string client{}; ///< the program it says it is
};

/// The client as it is kept: one line of at most 200 bytes.
std::string client_name(const Origin& origin);

struct Login;
using LoginId = Id<Login>;

struct Login {
    LoginId id{};
    UserId user{};
    std::string user_name{};
    Time created_at = 0;
    Time expires_at = 0;
    Time last_seen_at = 0;
    std::string address{};
    std::string client{};
};
/// {id, userId, userName, createdAt, expiresAt, lastSeenAt, address, client}
api::Json to_json(const Login& login);

/// A login with what proves it, which is nowhere kept.
struct NewLogin {
    LoginId id{};
    std::string token{};
    Time expires_at = 0;
};
NewLogin begin_login(db::Connection& db, const UserId& user, const Origin& origin, Time now);

/// Those that have not expired, newest use first; of all users when `user` is empty.
std::vector<Login> list_logins(db::Connection& db, const UserId& user, Time now);
/// By id or unique beginning of it; among those of `user` unless that is empty. Throws Error not_found, and
/// conflict when several begin so.
Login require_login(db::Connection& db, const std::string& reference, const UserId& user, Time now);
/// False when it was gone already.
bool end_login(db::Connection& db, const LoginId& id);
/// All of the user's but `spared`; says how many.
int end_logins(db::Connection& db, const UserId& user, const LoginId& spared = {});

} // namespace skerry::auth
