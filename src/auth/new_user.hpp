#pragma once

#include "auth/user.hpp"
#include "db/connection.hpp"

#include <string>

namespace skerry::auth {

/// Throws Error bad_request for what no user can be called.
void require_user_name(const std::string& name);
/// As require_user_name; throws Error conflict when the name is taken.
void require_free_name(db::Connection& db, const std::string& name);

/// In the caller's transaction. Throws Error conflict when the name is taken.
User insert_user(db::Connection& db, const std::string& name, Role role, const std::string& password_hash);

} // namespace skerry::auth
