#pragma once

#include "api/action.hpp"
#include "auth/login_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::auth {

struct RevokeLogins {
    std::vector<std::string> logins;
    std::optional<std::string> user;
};
constexpr auto fields(api::Tag<RevokeLogins>)
{
    return std::array{
        api::field<&RevokeLogins::logins>("logins", "Their ids, or unique beginnings of them",
                                          {.positional = true, .max = 1000, .placeholder = "LOGIN"}),
        api::field<&RevokeLogins::user>("user", "All of this user, by name or id",
                                        {.min = 1, .max = 64, .placeholder = "USER"}),
    };
}
/// The logins that are over.
struct Revoked {
    std::vector<Login> logins;
};
/// {logins: [...]}
api::Json to_json(const Revoked& revoked);
/// All that are named or none. One's own, an admin any. Throws Error not_found, also for another's.
Revoked revoke_logins(api::Context& context, const RevokeLogins& input);

} // namespace skerry::auth
