#include "agent/opencode.hpp"
#include "cli/call.hpp"
#include "cli/rows.hpp"
#include "projects/observation.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "sessions/session_actions.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"
#include "util/presence.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace skerry::cli {
namespace {

using sessions::NamedSession;

void refuse_without_terminal()
{
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
        throw Error(Code::bad_request, "the agent's own client needs a terminal",
                    {.hint = "skerry sessions events --follow shows the same anywhere"});
}

int attach(Call& call, const NamedSession& named)
{
    refuse_without_terminal();
    const auto session = sessions::require(call.db(), named.session);
    const auto project =
        projects::reconciled(call.app(), call.db(), *projects::find(call.db(), session.project));
    if (project.status != projects::Status::running)
        throw Error(Code::conflict,
                    "the project " + project.slug + " is " + std::string(name_of(project.status)),
                    {.hint = "skerry projects start " + project.slug + " --wait"});
    if (!session.agent_session)
        throw Error(Code::conflict, "the agent does not know the session yet",
                    {.hint = "skerry sessions prompt " + session.id.value + " \"...\" --wait"});
    const auto address = projects::agent_of(call.app(), project);
    const auto program = agent::find_opencode(call.app().settings.opencode).string();
    const auto url = "http://127.0.0.1:" + std::to_string(address.port);
    const Presence presence(call.app().paths.followers(project.id.value));
    presence.outlive_exec();
    // In the environment, since others could read a command line.
    ::setenv("OPENCODE_SERVER_PASSWORD", address.password.c_str(), 1); // NOLINT(concurrency-mt-unsafe)
    ::execl(program.c_str(), program.c_str(), "attach", url.c_str(), "--session",
            session.agent_session->c_str(), "--dir", address.folder.c_str(), nullptr);
    throw system_error(errno, "cannot start " + program);
}

} // namespace

std::vector<Command> attach_commands()
{
    return {
        {.noun = "sessions",
         .verb = "attach",
         .summary = "Open a session in OpenCode's own terminal client",
         .details = "The project must run. What you prompt there is between you and the agent: it makes no "
                    "turn here, and the next turn's commit sets its changes apart.",
         .input = api::fields_of<NamedSession>(),
         .run = with<attach>},
    };
}

} // namespace skerry::cli
