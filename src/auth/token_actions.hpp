#pragma once

#include "api/action.hpp"
#include "auth/token_store.hpp"

#include <optional>
#include <string>

namespace skerry::auth {

struct CreateToken {
    std::string name;
    std::optional<std::string> user;
    std::optional<std::string> expires;
    bool read_only = false;
    std::optional<std::string> project;
};
constexpr auto fields(api::Tag<CreateToken>)
{
    return std::array{
        api::field<&CreateToken::name>("name", "What it is for: ci",
                                       {.min = 1, .max = 100, .placeholder = "LABEL"}),
        api::field<&CreateToken::user>(
            "user", "Whose it is, by name or id; else your own, at the terminal that of the only user",
            {.min = 1, .max = 64, .placeholder = "USER"}),
        api::field<&CreateToken::expires>("expires", "How long it is good for (12h, 30d); else for ever",
                                          {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&CreateToken::read_only>("readOnly", "It may look at things and change nothing"),
        api::field<&CreateToken::project>("project", "The only project it is for; else all of its user's",
                                          {.min = 1, .max = 100, .placeholder = "PROJECT"}),
    };
}
/// A token with what proves it: shown once.
struct CreatedToken {
    ApiToken token;
    std::string proof;
};
/// The token's JSON, with token: "skr_..."
api::Json to_json(const CreatedToken& created);
/// Throws Error: forbidden for a caller who came with a token, and for another's unless an admin asks;
/// conflict when the user has one of that name.
CreatedToken create_token(api::Context& context, const CreateToken& input);

struct NamedToken {
    std::string token;
};
constexpr auto fields(api::Tag<NamedToken>)
{
    return std::array{
        api::field<&NamedToken::token>("token", "Its id, or a unique beginning of it; not the token itself",
                                       {.positional = true, .min = 1, .max = 40, .placeholder = "TOKEN"})};
}
/// One's own, an admin any. Throws Error not_found, also for another's.
ApiToken delete_token(api::Context& context, const NamedToken& input);

} // namespace skerry::auth
