#include "projects/stack.hpp"

#include "agent/opencode.hpp"
#include "projects/app_command.hpp"
#include "projects/containers.hpp"
#include "secrets/secret_store.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"

namespace fs = std::filesystem;

namespace skerry::projects {
namespace {

fs::path password_file(const App& app, const Project& project)
{
    return app.paths.state(project.id.value) / "agent.password";
}

/// The agent's password, made when there is none yet. It stays the same for the life of the project, so that
/// a start that is repeated does not replace a running agent.
std::string password_of(const App& app, const Project& project)
{
    const auto file = password_file(app, project);
    if (auto kept = read_file_if_any(file)) return *kept;
    write_file(file, random_hex(24));
    return read_file(file);
}

/// On this machine it has to be found; in an image it is in PATH.
fs::path opencode_for(const App& app, const Project& project)
{
    return in_containers(project) ? fs::path("opencode") : agent::find_opencode(app.settings.opencode);
}

runtime::Service agent_service(const App& app, const Project& project)
{
    const auto password = password_of(app, project);
    const auto launch = agent::prepare({.program = opencode_for(app, project),
                                        .port = project.agent_port,
                                        .listen = runtime::listening_address(project.runtime),
                                        .password = password,
                                        .home = app.paths.state(project.id.value) / "agent",
                                        .project = project.path,
                                        .model = project.model,
                                        .model_port = project.model_port,
                                        .model_host = runtime::host_of(project.runtime, "model"),
                                        .policy = agent::parse_policy(project.on_permission),
                                        .keys = secrets::environment(app.paths)});
    return {.name = "agent",
            .command = launch.command,
            .environment = launch.environment,
            .port = project.agent_port,
            .own_state = true,
            .readable = in_containers(project) ? std::vector<fs::path>() : launch.readable,
            .farewell =
                runtime::Farewell{.path = "/global/dispose", .user = "opencode", .password = password}};
}

/// The model is skerry itself, which runs in any image.
void put_into_containers(runtime::Stack& stack, const Containers& containers)
{
    constexpr std::uint64_t memory_of_model = 256U << 20U;
    for (auto& service : stack.services) {
        if (service.name == "agent") service.container = containers.agent;
        if (service.name == "model")
            service.container = {.image = containers.agent.image, .memory = memory_of_model, .cpus = 1};
    }
}

runtime::Service model_service(const Project& project)
{
    return {.name = "model",
            .command = {program_path().string(), "__serve-model", "--host",
                        runtime::listening_address(project.runtime), "--port",
                        std::to_string(project.model_port), "--log", "requests.jsonl"},
            .port = project.model_port,
            .own_state = true,
            .writes_project = false,
            .readable = {program_path()}};
}

runtime::Service app_with(const App& app, const Project& project, std::vector<std::string> command)
{
    const auto listen = runtime::listening_address(project.runtime);
    return {.name = "app",
            .command = std::move(command),
            .environment = {{"PORT", std::to_string(project.app_port)}, {"HOST", listen}},
            .port = project.app_port,
            .readable = {program_path()},
            .container = in_containers(project) ? containers_of(app, project).app : runtime::ContainerSpec()};
}

} // namespace

bool in_containers(const Project& project) noexcept
{
    return project.runtime == "docker";
}

runtime::Service app_service(const App& app, const Project& project)
{
    const auto listen = runtime::listening_address(project.runtime);
    return app_with(app, project, app_command(project.path, project.app_port, listen));
}

runtime::Service service_for(const App& app, const Project& project, std::string_view name,
                             std::vector<std::string> command)
{
    make_private_folder(app.paths.state(project.id.value));
    auto service = name == "agent" ? agent_service(app, project) : app_with(app, project, {});
    if (name == "agent" && in_containers(project)) service.container = containers_of(app, project).agent;
    service.command = std::move(command);
    return service;
}

runtime::Stack empty_stack_of(const App& app, const Project& project)
{
    return {.id = project.id.value,
            .folder = project.path,
            .state = app.paths.state(project.id.value),
            .services = {},
            .instance = app.paths.instance()};
}

runtime::Stack stack_of(const App& app, const Project& project)
{
    auto stack = empty_stack_of(app, project);
    make_private_folder(stack.state);
    if (uses_scripted_model(project)) stack.services.push_back(model_service(project));
    stack.services.push_back(agent_service(app, project));
    stack.services.push_back(app_service(app, project));
    if (in_containers(project)) put_into_containers(stack, containers_of(app, project));
    return stack;
}

agent::Address agent_of(const App& app, const Project& project)
{
    const auto password = read_file_if_any(password_file(app, project));
    if (!password || project.agent_port == 0)
        throw Error(Code::unavailable, "the agent of " + project.slug + " was never started",
                    {.hint = "skerry projects start " + project.slug});
    return {.port = project.agent_port, .password = *password, .folder = project.path.string()};
}

} // namespace skerry::projects
