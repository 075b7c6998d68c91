#include "auth/user.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {

std::string_view name_of(Role role) noexcept
{
    switch (role) {
    case Role::admin: return "admin";
    case Role::member: return "member";
    }
    return "";
}

Role role_named(std::string_view name)
{
    for (const auto role : {Role::admin, Role::member})
        if (name_of(role) == name) return role;
    throw Error(Code::bad_request, "'" + one_line(name, 40) + "' is no role",
                {.hint = "admin or member", .fields = {{"role", "must be one of admin, member"}}});
}

api::Json to_json(const User& user)
{
    return api::Json::object({{"id", user.id.value},
                              {"name", user.name},
                              {"role", name_of(user.role)},
                              {"createdAt", user.created_at},
                              {"updatedAt", user.updated_at}});
}

bool is_user_name(std::string_view name) noexcept
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@";
    constexpr std::size_t longest = 64;
    return !name.empty() && name.size() <= longest && name.front() != '-' &&
           name.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace skerry::auth
