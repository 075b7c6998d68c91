#include "secrets/logins.hpp"

#include "util/error.hpp"
#include "util/files.hpp"

namespace skerry::secrets {
namespace {

using api::Json;

Json read_logins(const Paths& paths)
{
    const auto text = read_file_if_any(logins_file(paths));
    auto logins = text ? Json::try_parse(*text) : std::nullopt;
    return logins && logins->is_object() ? std::move(*logins) : Json::object();
}

void write_logins(const Paths& paths, const Json& logins)
{
    make_private_folder(paths.secrets());
    write_file(logins_file(paths), logins.dump());
}

} // namespace

std::filesystem::path logins_file(const Paths& paths)
{
    return paths.secrets() / "auth.json";
}

std::vector<std::string> add_logins(const Paths& paths, const std::string& auth)
{
    const auto given = Json::try_parse(auth);
    auto logins = read_logins(paths);
    std::vector<std::string> added;
    if (given)
        for (const auto& [provider, login] : given->members()) {
            if (!login["type"].is_text()) continue;
            logins.set(provider, login);
            added.push_back(provider);
        }
    if (added.empty())
        throw Error(Code::bad_request, "there is no login in it",
                    {.hint = "OpenCode keeps them in ~/.local/share/opencode/auth.json"});
    write_logins(paths, logins);
    return added;
}

std::vector<std::string> logged_in(const Paths& paths)
{
    std::vector<std::string> providers;
    const auto logins = read_logins(paths);
    for (const auto& [provider, login] : logins.members()) providers.push_back(provider);
    return providers;
}

bool forget_login(const Paths& paths, const std::string& provider)
{
    auto logins = read_logins(paths);
    if (!logins.has(provider)) return false;
    logins.remove(provider);
    write_logins(paths, logins);
    return true;
}

std::optional<std::string> logins_text(const Paths& paths)
{
    const auto logins = read_logins(paths);
    if (logins.members().empty()) return std::nullopt;
    return logins.dump();
}

std::vector<std::string> login_values(const Paths& paths)
{
    std::vector<std::string> found;
    const auto logins = read_logins(paths);
    for (const auto& [provider, login] : logins.members())
        for (const auto* name : {"key", "access", "refresh", "token"})
            if (login[name].is_text()) found.push_back(login[name].text());
    return found;
}

} // namespace skerry::secrets
