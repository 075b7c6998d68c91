#pragma once

#include "auth/user.hpp"
#include "db/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Every statement about users.
namespace skerry::auth {

std::optional<User> find(db::Connection& db, const UserId& id);
/// Whatever the case of its letters.
std::optional<User> find_by_name(db::Connection& db, std::string_view name);
/// By name or id. Throws Error not_found.
User require(db::Connection& db, std::string_view reference);
/// By name.
std::vector<User> list(db::Connection& db);
bool any_users(db::Connection& db);
/// Whether there is no admin but this user.
bool is_last_admin(db::Connection& db, const User& user);

/// False when the name is taken. Set-up tokens are void from then on.
bool insert(db::Connection& db, const User& user, const std::string& password_hash);
void set_role(db::Connection& db, const UserId& id, Role role);
std::optional<std::string> password_hash(db::Connection& db, const UserId& id);
void set_password_hash(db::Connection& db, const UserId& id, const std::string& hash);
/// Only while the hash is still `before`; false otherwise.
bool replace_password_hash(db::Connection& db, const UserId& id, const std::string& before,
                           const std::string& after);
/// With logins and tokens.
void remove(db::Connection& db, const UserId& id);

/// The slugs of the projects that the user owns.
std::vector<std::string> slugs_owned_by(db::Connection& db, const UserId& id);

} // namespace skerry::auth
