#include "program/actions.hpp"

#include "assets/asset_actions.hpp"
#include "auth/login_actions.hpp"
#include "auth/signing_actions.hpp"
#include "auth/token_actions.hpp"
#include "auth/user_actions.hpp"
#include "projects/job_actions.hpp"
#include "projects/project_actions.hpp"
#include "schedules/schedule_actions.hpp"
#include "secrets/secret_actions.hpp"
#include "sessions/conversation_actions.hpp"
#include "sessions/history_actions.hpp"
#include "sessions/line_actions.hpp"
#include "sessions/request_actions.hpp"
#include "sessions/session_actions.hpp"
#include "util/error.hpp"

#include <array>

namespace skerry::program {

namespace {

/// The fields of an action on a session, which a project may stand for, with the project as what is asked
/// for.
template <class Input> constexpr auto fields_with_project()
{
    auto declared = fields(api::Tag<Input>{});
    for (auto& field : declared)
        if (field.name == "session")
            field.name = "project", field.help = "Id, slug, or unique beginning of an id";
    return declared;
}

/// An action on a session as one on a project, which stands for its newest session.
template <auto Function> api::Action for_project(std::string_view name, std::string_view summary)
{
    using Input = api::InputOf<Function>;
    static constexpr auto fields = fields_with_project<Input>();
    return {name, api::Access::user, summary, fields, [](api::Context& context, const api::Json& given) {
                Input input;
                api::read(fields, &input, given);
                return to_json(Function(context, input));
            }};
}

} // namespace

std::span<const api::Action> actions()
{
    using api::Access;
    static const std::array table{
        api::action<sessions::create_project>("projects.create", Access::user,
                                              "Create a project and have its agent build something"),
        api::action<projects::set_project>("projects.set", Access::user, "Change a project's settings"),
        api::action<projects::rename_project>("projects.rename", Access::user,
                                              "Call a project something else"),
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
        api::action<sessions::create_session>("sessions.create", Access::user,
                                              "Begin another conversation with a project's agent"),
        api::action<sessions::fork_session>("sessions.fork", Access::user,
                                            "Begin a conversation with what another one remembers"),
        api::action<sessions::delete_session>("sessions.delete", Access::user,
                                              "Delete a conversation; what it changed stays"),
        api::action<sessions::drop>("sessions.drop", Access::user, "Take a waiting prompt out of the line"),
        api::action<sessions::move>("sessions.move", Access::user,
                                    "Give a waiting prompt another place in the line"),
        api::action<sessions::undo>("sessions.undo", Access::user, "Take back what a turn changed"),
        api::action<sessions::redo>("sessions.redo", Access::user, "Bring back what was taken back last"),
        for_project<sessions::prompt>("projects.prompt", "Ask a project's agent for something"),
        for_project<sessions::answer>("projects.answer", "Answer what a project's agent asks"),
        for_project<sessions::abort>("projects.abort", "End what a project's agent is doing"),
        api::action<projects::cancel_job>("jobs.cancel", Access::user, "Cancel a job"),
        api::action<projects::retry_job>("jobs.retry", Access::user,
                                         "Put a failed or cancelled job into the queue again"),
        api::action<projects::run_job_now>("jobs.run_now", Access::user,
                                           "Make a job due that waits for its time"),
        api::action<projects::pause_jobs>("jobs.pause", Access::admin,
                                          "Begin no more jobs: none at all, or none of a queue or a type"),
        api::action<projects::resume_jobs>("jobs.resume", Access::admin, "Let paused jobs go on"),
        api::action<secrets::set_secret>("secrets.set", Access::admin, "Keep a key for agents"),
        api::action<secrets::delete_secret>("secrets.delete", Access::admin, "Delete a key or a login"),
        api::action<secrets::import_logins>("secrets.import_auth", Access::admin,
                                            "Take over the logins of an OpenCode"),
        api::action<auth::create_admin>("setup.create_admin", Access::anyone, "Make the first user"),
        api::action<auth::log_in>("auth.login", Access::anyone, "Log in with name and password"),
        api::action<auth::log_out>("auth.logout", Access::user, "End the login that this comes with"),
        api::action<auth::change_password>("auth.change_password", Access::user,
                                           "Change one's own password and end one's other logins"),
        api::action<auth::add_user>("users.add", Access::admin, "Add a user"),
        api::action<auth::delete_user>("users.delete", Access::admin,
                                       "Delete a user with all logins and tokens"),
        api::action<auth::change_role>("users.set-role", Access::admin, "Make a user an admin or a member"),
        api::action<auth::set_password>("users.set-password", Access::admin,
                                        "Give a user another password and end the logins"),
        api::action<auth::create_token>("tokens.create", Access::user, "Create a token for scripts"),
        api::action<auth::delete_token>("tokens.delete", Access::user, "Delete a token"),
        api::action<auth::revoke_logins>("logins.revoke", Access::user, "End logins"),
        api::action<assets::upload_asset>("assets.upload", Access::user,
                                          "Bring a file into a project's public folder"),
        api::action<assets::rename_asset>("assets.rename", Access::user, "Call an asset something else"),
        api::action<assets::delete_asset>("assets.delete", Access::user, "Delete an asset"),
        // Who may add one runs commands as the user that skerry runs as.
        api::action<schedules::add_schedule>("schedules.add", Access::admin,
                                             "Run a command again and again, by the clock"),
        api::action<schedules::pause_schedule>("schedules.pause", Access::admin,
                                               "Start nothing by a schedule until it is resumed"),
        api::action<schedules::resume_schedule>("schedules.resume", Access::admin,
                                                "Go on with a paused schedule"),
        api::action<schedules::delete_schedule>("schedules.delete", Access::admin, "Delete a schedule"),
        api::action<schedules::run_schedule_now>("schedules.run_now", Access::admin,
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
