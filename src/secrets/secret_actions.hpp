#pragma once

#include "api/action.hpp"
#include "secrets/secret_store.hpp"

#include <string>
#include <vector>

namespace skerry::secrets {

struct NewSecret {
    std::string name;
    std::string value;
};
constexpr auto fields(api::Tag<NewSecret>)
{
    return std::array{
        api::field<&NewSecret::name>("name", "The variable that the agent gets it in: OPENAI_API_KEY",
                                     {.positional = true, .min = 1, .max = 100, .placeholder = "NAME"}),
        api::field<&NewSecret::value>("value", "The key itself", {.min = 1, .max = 32'768}),
    };
}
Secret set_secret(api::Context& context, const NewSecret& input);

struct NamedSecret {
    std::string name;
};
constexpr auto fields(api::Tag<NamedSecret>)
{
    return std::array{
        api::field<&NamedSecret::name>("name", "A variable, or a provider that there is a login for",
                                       {.positional = true, .min = 1, .max = 100, .placeholder = "NAME"})};
}
Secret delete_secret(api::Context& context, const NamedSecret& input);

struct AuthFile {
    std::string auth;
};
constexpr auto fields(api::Tag<AuthFile>)
{
    return std::array{api::field<&AuthFile::auth>("auth", "The text of an auth.json of OpenCode",
                                                  {.min = 1, .max = 1'000'000})};
}
/// {providers: [...]}
struct Imported {
    std::vector<std::string> providers;
};
api::Json to_json(const Imported& imported);
Imported import_logins(api::Context& context, const AuthFile& input);

} // namespace skerry::secrets
