#pragma once

#include "api/json.hpp"
#include "app/paths.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Logins as OpenCode keeps them in its auth.json: {provider: {type: "api", key} | {type: "oauth", ...}}.
namespace skerry::secrets {

std::filesystem::path logins_file(const Paths& paths);

/// Adds the logins in an auth.json to those that are here, instead of older ones for the same providers.
/// Returns the providers. Throws Error bad_request when it holds no logins.
std::vector<std::string> add_logins(const Paths& paths, const std::string& auth);
/// The providers that there is a login for.
std::vector<std::string> logged_in(const Paths& paths);
/// False when there was none.
bool forget_login(const Paths& paths, const std::string& provider);

/// As the agent takes them; nothing when there are none.
std::optional<std::string> logins_text(const Paths& paths);
/// The keys and tokens in them.
std::vector<std::string> login_values(const Paths& paths);

} // namespace skerry::secrets
