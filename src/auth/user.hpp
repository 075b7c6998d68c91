#pragma once

#include "api/json.hpp"
#include "util/clock.hpp"
#include "util/id.hpp"

#include <string>
#include <string_view>

/// Who may use the server: users, their passwords, logins and tokens.
namespace skerry::auth {

enum class Role {
    admin,  ///< sees and may everything
    member, ///< sees and may what concerns projects of their own
};
std::string_view name_of(Role role) noexcept;
/// Throws Error bad_request.
Role role_named(std::string_view name);

struct User;
using UserId = Id<User>;

struct User {
    UserId id{};
    std::string name{}; ///< unique, whatever the case of its letters
    Role role = Role::member;
    Time created_at = 0;
    Time updated_at = 0;
};
/// {id, name, role, createdAt, updatedAt}
api::Json to_json(const User& user);

/// Whether a user may be called so: 1 to 64 letters (a-z), digits and . _ - @, not beginning with '-'.
bool is_user_name(std::string_view name) noexcept;

} // namespace skerry::auth
