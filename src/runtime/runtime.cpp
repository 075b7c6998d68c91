#include "runtime/runtime.hpp"

#include "runtime/docker/docker_runtime.hpp"
#include "runtime/local_runtime.hpp"
#include "util/error.hpp"

namespace skerry::runtime {

std::string_view name_of(State state) noexcept
{
    switch (state) {
    case State::starting: return "starting";
    case State::running: return "running";
    case State::backing_off: return "backing_off";
    case State::exited: return "exited";
    }
    return "exited";
}

std::unique_ptr<Runtime> make_runtime(std::string_view name, Settings settings)
{
    if (name == "sandbox") return std::make_unique<LocalRuntime>(true, std::move(settings));
    if (name == "host") return std::make_unique<LocalRuntime>(false, std::move(settings));
    if (name == "docker") return std::make_unique<docker::DockerRuntime>(std::move(settings));
    throw Error(Code::bad_request, "there is no runtime " + std::string(name),
                {.hint = "choose sandbox, docker or host"});
}

std::string listening_address(std::string_view runtime)
{
    return runtime == "docker" ? "0.0.0.0" : "127.0.0.1";
}

std::string host_of(std::string_view runtime, std::string_view service)
{
    return std::string(runtime == "docker" ? service : "127.0.0.1");
}

std::filesystem::path log_file(const std::filesystem::path& state)
{
    return state / "logs" / "project.log";
}

} // namespace skerry::runtime
