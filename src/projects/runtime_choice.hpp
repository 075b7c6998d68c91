#pragma once

#include <optional>
#include <string>

namespace skerry::projects {

/// How a project is run, and why so, for people.
struct RuntimeChoice {
    std::string runtime; ///< "sandbox", "docker", "host"
    std::string reason;
};

/// What a wish comes to. "auto" is docker when an engine with Compose answers and the template describes
/// containers, else the sandbox; every other wish is itself, and `origin` says whose it was. `template_name`:
/// nothing for code that is brought along.
RuntimeChoice choose_runtime(const std::string& wish, const std::string& origin,
                             const std::optional<std::string>& template_name);

/// "Docker engine 20.10.24 with Compose 2.26.1". Throws Error unavailable when one of them is missing.
std::string docker_version();

/// Throws Error unavailable when what the runtime needs is not on this machine.
void require_runtime(const std::string& runtime);

} // namespace skerry::projects
