#include "secrets/secret_actions.hpp"

#include "secrets/logins.hpp"

namespace skerry::secrets {

Secret set_secret(api::Context& context, const NewSecret& input)
{
    set(context.app.paths, input.name, input.value);
    return {.name = input.name, .kind = "variable", .set_at = now()};
}

Secret delete_secret(api::Context& context, const NamedSecret& input)
{
    for (auto& secret : list(context.app.paths))
        if (secret.name == input.name) {
            remove(context.app.paths, input.name);
            return std::move(secret);
        }
    remove(context.app.paths, input.name); // says that there is none
    return {};
}

api::Json to_json(const Imported& imported)
{
    return api::Json::object({{"providers", imported.providers}});
}

Imported import_logins(api::Context& context, const AuthFile& input)
{
    return {.providers = add_logins(context.app.paths, input.auth)};
}

} // namespace skerry::secrets
