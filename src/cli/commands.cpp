#include "cli/command.hpp"
#include "cli/rows.hpp"

#include <array>
#include <iterator>

namespace skerry::cli {
namespace {

std::vector<Command> all_commands()
{
    std::vector<Command> all;
    for (auto* group : {project_commands, session_commands, request_commands, exec_commands, job_commands,
                        job_control_commands, job_upkeep_commands, job_type_commands, schedule_commands,
                        worker_commands, machine_commands, help_commands, hidden_commands})
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
    static constexpr std::array<Noun, 7> all{{
        {"projects", "Create, run and delete projects"},
        {"sessions", "Talk to the agent of a project and see what it did"},
        {"jobs", "See and steer the work in the queue"},
        {"jobs types", "Register commands that perform jobs of your own types"},
        {"schedules", "Run commands again and again, by the clock"},
        {"templates", "See what new projects can be copied from"},
        {"config", "See the settings and where they come from"},
    }};
    return all;
}

} // namespace skerry::cli
