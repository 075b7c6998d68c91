#pragma once

#include "api/action.hpp"
#include "auth/password.hpp"
#include "auth/user.hpp"

#include <optional>
#include <string>

/// What admins do about users. Each throws Error forbidden for a caller who is none, and where it could be
/// used to become another one also for an admin who came with a token.
namespace skerry::auth {

/// A user, and the password where one was made for it: shown once.
struct Given {
    User user;
    std::optional<std::string> password{};
    std::optional<int> logins_ended{};
};
/// The user's JSON, with password? and loginsEnded?
api::Json to_json(const Given& given);

struct AddUser {
    std::string name;
    std::optional<std::string> role;
    std::optional<std::string> password;
};
constexpr auto fields(api::Tag<AddUser>)
{
    return std::array{
        api::field<&AddUser::name>("name", "What to call the user: letters, digits and . _ - @",
                                   {.positional = true, .min = 1, .max = 64, .placeholder = "USERNAME"}),
        api::field<&AddUser::role>("role", "What the user may; else member, but the first one is an admin",
                                   {.one_of = "admin|member"}),
        api::field<&AddUser::password>("password", "8 to 1000 bytes; else one is made and shown once",
                                       {.min = shortest_password, .max = longest_password}),
    };
}
/// Throws Error conflict when the name is taken, and when the first user were to be no admin.
Given add_user(api::Context& context, const AddUser& input);

struct NamedUser {
    std::string user;
};
constexpr auto fields(api::Tag<NamedUser>)
{
    return std::array{api::field<&NamedUser::user>(
        "user", "Name or id of the user", {.positional = true, .min = 1, .max = 64, .placeholder = "USER"})};
}
/// With logins and tokens. Throws Error conflict while the user owns projects, and for the last admin.
User delete_user(api::Context& context, const NamedUser& input);

struct SetRole {
    std::string user;
    std::string role;
};
constexpr auto fields(api::Tag<SetRole>)
{
    return std::array{
        api::field<&SetRole::user>("user", "Name or id of the user",
                                   {.positional = true, .min = 1, .max = 64, .placeholder = "USER"}),
        api::field<&SetRole::role>(
            "role", "admin sees and may everything, member what concerns own projects",
            {.positional = true, .min = 1, .one_of = "admin|member", .placeholder = "ROLE"}),
    };
}
/// Throws Error conflict for the last admin.
User change_role(api::Context& context, const SetRole& input);

struct SetPassword {
    std::string user;
    std::optional<std::string> password;
};
constexpr auto fields(api::Tag<SetPassword>)
{
    return std::array{
        api::field<&SetPassword::user>("user", "Name or id of the user",
                                       {.positional = true, .min = 1, .max = 64, .placeholder = "USER"}),
        api::field<&SetPassword::password>("password", "8 to 1000 bytes; else one is made and shown once",
                                           {.min = shortest_password, .max = longest_password}),
    };
}
/// Ends all logins of the user, but for the caller's own; forgets wrong tries.
Given set_password(api::Context& context, const SetPassword& input);

} // namespace skerry::auth
