#include "program/actions.hpp"

#include "projects/project_actions.hpp"
#include "schedules/schedule_actions.hpp"
#include "sessions/request_actions.hpp"
#include "sessions/session_actions.hpp"
#include "util/error.hpp"

#include <array>

namespace skerry::program {

std::span<const api::Action> actions()
{
    using api::Access;
    static const std::array table{
        api::action<sessions::create_project>("projects.create", Access::user,
                                              "Create a project and have its agent build something"),
        api::action<projects::set_project>("projects.set", Access::user, "Change a project's settings"),
        api::action<projects::start_project>("projects.start", Access::user,
                                             "Start a project's app and agent"),
        api::action<projects::stop_project>("projects.stop", Access::user, "Stop a project; its files stay"),
        api::action<projects::restart_project>("projects.restart", Access::user,
                                               "Stop a project and start it again"),
        api::action<projects::delete_project>("projects.delete", Access::user,
                                              "Delete a project with all its files"),
        api::action<sessions::prompt>("sessions.prompt", Access::user, "Ask a project's agent for something"),
        api::action<sessions::answer>("sessions.answer", Access::user,
                                      "Answer what an agent asks, or allow what it wants to do"),
        api::action<sessions::abort>("sessions.abort", Access::user,
                                     "End what the agent is doing in a session"),
        // Who may add one runs commands as the user that skerry runs as.
        api::action<schedules::add_schedule>("schedules.add", Access::admin,
                                             "Run a command again and again, by the clock"),
        api::action<schedules::pause_schedule>("schedules.pause", Access::admin,
                                               "Start nothing by a schedule until it is resumed"),
        api::action<schedules::resume_schedule>("schedules.resume", Access::admin,
                                                "Go on with a paused schedule"),
        api::action<schedules::delete_schedule>("schedules.delete", Access::admin, "Delete a schedule"),
        api::action<schedules::run_schedule_now>("schedules.run-now", Access::admin,
                                                 "Run what a schedule runs now"),
    };
    return table;
}

const api::Action& require_action(std::string_view name)
{
    for (const auto& action : actions())
        if (action.name == name) return action;
    throw Error(Code::not_found, "there is no action '" + std::string(name) + "'");
}

} // namespace skerry::program
