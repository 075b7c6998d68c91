#include "projects/runtime_choice.hpp"

#include "projects/template.hpp"
#include "runtime/docker/compose_command.hpp"
#include "runtime/docker/engine.hpp"
#include "util/error.hpp"
#include "util/process.hpp"

namespace skerry::projects {

std::string docker_version()
{
    const auto compose = runtime::docker::find_compose();
    return "Docker engine " + runtime::docker::Engine().version().engine + " with Compose " + compose.version;
}

RuntimeChoice choose_runtime(const std::string& wish, const std::string& origin,
                             const std::optional<std::string>& template_name)
{
    if (wish != "auto") return {wish, origin};
    if (!template_name) return {"sandbox", "auto: code that was brought along describes no containers"};
    if (find_template(*template_name).containers.is_null())
        return {"sandbox", "auto: the template describes no containers"};
    try {
        return {"docker", "auto: " + docker_version() + " answers"};
    } catch (const Error& fault) {
        return {"sandbox", "auto: " + std::string(fault.what())};
    }
}

void require_runtime(const std::string& runtime)
{
    if (runtime == "docker") docker_version();
    if (runtime == "sandbox" && !process::find_program("bwrap"))
        throw Error(Code::unavailable, "bubblewrap is not installed",
                    {.hint = "apt-get install bubblewrap, or run without a fence: --runtime host"});
}

} // namespace skerry::projects
