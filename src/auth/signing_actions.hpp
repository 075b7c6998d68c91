#pragma once

#include "api/action.hpp"
#include "auth/login_store.hpp"
#include "auth/password.hpp"
#include "auth/user.hpp"

#include <string>

/// What only makes sense over HTTP: coming, going, and the first user.
namespace skerry::auth {

/// The user and what proves the login from now on: the web layer makes a cookie of it.
struct SignedIn {
    User user;
    NewLogin login;
};
/// {user, loginId, token, expiresAt}
api::Json to_json(const SignedIn& answer);

struct CreateAdmin {
    std::string token;
    std::string name;
    std::string password;
};
constexpr auto fields(api::Tag<CreateAdmin>)
{
    return std::array{
        api::field<&CreateAdmin::token>("token", "What stands in the link that 'skerry serve' showed",
                                        {.min = 1, .max = 100}),
        api::field<&CreateAdmin::name>("name", "What to call the first user, who is an admin",
                                       {.min = 1, .max = 64}),
        api::field<&CreateAdmin::password>("password", "8 to 1000 bytes",
                                           {.min = shortest_password, .max = longest_password}),
    };
}
/// Makes the first user and logs it in. Throws Error: forbidden for a token that is not good (any more),
/// conflict when there is a user already.
SignedIn create_admin(api::Context& context, const CreateAdmin& input);

struct Credentials {
    std::string name;
    std::string password;
};
constexpr auto fields(api::Tag<Credentials>)
{
    return std::array{
        api::field<&Credentials::name>("name", "The user's name", {.min = 1, .max = 1000}),
        api::field<&Credentials::password>("password", "The user's password",
                                           {.min = 1, .max = longest_password}),
    };
}
/// Throws Error unauthorized when name or password is wrong, and as prove().
SignedIn log_in(api::Context& context, const Credentials& input);

struct Nothing {};
constexpr std::array<api::Field, 0> fields(api::Tag<Nothing>)
{
    return {};
}
/// How many logins are over.
struct Ended {
    int logins = 0;
};
/// {loginsEnded}
api::Json to_json(const Ended& ended);
/// Ends the caller's own login. Throws Error bad_request when it came with none.
Ended log_out(api::Context& context, const Nothing& input);

struct ChangePassword {
    std::string old_password;
    std::string new_password;
};
constexpr auto fields(api::Tag<ChangePassword>)
{
    return std::array{
        api::field<&ChangePassword::old_password>("oldPassword", "The one that holds now",
                                                  {.min = 1, .max = longest_password}),
        api::field<&ChangePassword::new_password>("newPassword", "8 to 1000 bytes",
                                                  {.min = shortest_password, .max = longest_password}),
    };
}
/// Ends the user's other logins. Throws Error: forbidden without a login (a token does not do), bad_request
/// when the old password is wrong, and as prove().
Ended change_password(api::Context& context, const ChangePassword& input);

} // namespace skerry::auth
