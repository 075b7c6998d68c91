#include "projects/stack.hpp"

#include "agent/opencode.hpp"
#include "projects/app_command.hpp"
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

runtime::Service agent_service(const App& app, const Project& project)
{
    const auto password = password_of(app, project);
    const auto launch = agent::prepare({.program = agent::find_opencode(app.settings.opencode),
                                        .port = project.agent_port,
                                        .password = password,
                                        .home = app.paths.state(project.id.value) / "agent",
                                        .project = project.path,
                                        .model = project.model,
                                        .model_port = project.model_port,
                                        .policy = agent::parse_policy(project.on_permission),
                                        .keys = secrets::environment(app.paths)});
    return {.name = "agent",
            .command = launch.command,
            .environment = launch.environment,
            .port = project.agent_port,
            .own_state = true,
            .readable = launch.readable,
            .farewell =
                runtime::Farewell{.path = "/global/dispose", .user = "opencode", .password = password}};
}

runtime::Service model_service(const Project& project)
{
    return {.name = "model",
            .command = {program_path().string(), "__serve-model", "--port",
                        std::to_string(project.model_port), "--log", "requests.jsonl"},
            .port = project.model_port,
            .own_state = true,
            .writes_project = false,
            .readable = {program_path()}};
}

} // namespace

runtime::Service app_service(const Project& project)
{
    return {.name = "app",
            .command = app_command(project.path, project.app_port),
            .environment = {{"PORT", std::to_string(project.app_port)}, {"HOST", "127.0.0.1"}},
            .port = project.app_port,
            .readable = {program_path()}};
}

runtime::Stack stack_of(const App& app, const Project& project)
{
    runtime::Stack stack{.id = project.id.value,
                         .folder = project.path,
                         .state = app.paths.state(project.id.value),
                         .services = {}};
    make_private_folder(stack.state);
    if (uses_scripted_model(project)) stack.services.push_back(model_service(project));
    stack.services.push_back(agent_service(app, project));
    stack.services.push_back(app_service(project));
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
