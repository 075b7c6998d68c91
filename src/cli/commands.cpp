#include "cli/command.hpp"
#include "cli/rows.hpp"

#include <array>
#include <iterator>

namespace skerry::cli {
namespace {

std::vector<Command> all_commands()
{
    std::vector<Command> all;
    for (auto* group : {project_commands,      service_commands,     session_commands,    prompt_commands,
                        conversation_commands, line_commands,        request_commands,    resource_commands,
                        history_commands,      attach_commands,      usage_commands,      exec_commands,
                        job_commands,          job_control_commands, job_upkeep_commands, job_type_commands,
                        schedule_commands,     secret_commands,      asset_commands,      user_commands,
                        login_commands,        token_commands,       model_commands,      worker_commands,
                        serve_commands,        machine_commands,     image_commands,      gc_commands,
                        help_commands,         hidden_commands})
        for (auto& command : group()) all.push_back(std::move(command));
    return all;
}

} // namespace

std::span<const Command> commands()
{
    static const auto all = all_commands();
    return all;
}

std::span<const Noun> nouns()
{
    static constexpr std::array<Noun, 13> all{{
        {"projects", "Create, run and delete projects"},
        {"sessions", "Talk to the agent of a project and see what it did"},
        {"secrets", "Keep keys for agents"},
        {"assets", "Bring files into a project's public folder"},
        {"jobs", "See and steer the work in the queue"},
        {"jobs types", "Register commands that perform jobs of your own types"},
        {"schedules", "Run commands again and again, by the clock"},
        {"users", "Say who may use the server"},
        {"logins", "See and end logins of users"},
        {"tokens", "Let scripts use the server"},
        {"templates", "See what new projects can be copied from"},
        {"images", "Build what containers are run from"},
        {"config", "See the settings and where they come from"},
    }};
    return all;
}

} // namespace skerry::cli
