#include "sessions/agent_session.hpp"

#include "agent/client.hpp"
#include "agent/clients.hpp"
#include "projects/observation.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

/// The prompt that followed upon the turn, under the name the agent has it by; empty when none did. Prompts
/// that were cancelled before they were sent are not there.
std::string prompt_behind(const queue::Run& run, agent::Client& client, const Session& origin,
                          const TurnId& last)
{
    const auto turns = turns_of(run.db, origin.id);
    auto turn = std::find_if(turns.begin(), turns.end(), [&](const Turn& one) { return one.id == last; });
    while (turn != turns.end() && ++turn != turns.end())
        if (turn->message && client.has_message(*origin.agent_session, *turn->message, run.stop))
            return *turn->message;
    return {};
}

/// The agent's name for the fork; nothing when the conversation that it was to begin with is gone.
std::optional<std::string> forked(const queue::Run& run, agent::Client& client, const Session& session)
{
    if (!session.forked_from || !session.forked_at) return std::nullopt;
    const auto origin = find(run.db, *session.forked_from);
    if (origin && origin->agent_session && client.has_session(*origin->agent_session, run.stop))
        return client.fork_session(*origin->agent_session,
                                   prompt_behind(run, client, *origin, *session.forked_at), run.stop);
    run.log("the conversation that this session was forked from is gone at the agent: it begins anew");
    return std::nullopt;
}

} // namespace

std::string agent_session_of(const queue::Run& run, const Session& session, const projects::Project& project)
{
    auto client = run.app.agents->lend(projects::agent_of(run.app, project));
    if (session.agent_session && client->has_session(*session.agent_session, run.stop))
        return *session.agent_session;
    client->warm_up(run.stop);
    auto name = forked(run, *client, session);
    if (!name) name = client->create_session(session.title, session.model, run.stop);
    run.write([&] { set_agent_session(run.db, session.id, *name); });
    return *name;
}

void create_agent_session(queue::Run& run, const CreateAgentSession& args)
{
    const auto session = find(run.db, args.session);
    if (!session) throw Error(Code::not_found, "the session is gone");
    const auto project = projects::find(run.db, session->project);
    if (!project || !projects::is_alive(project->status))
        throw Error(Code::conflict, "the project is being deleted");
    agent_session_of(run, *session, projects::reconciled(run.app, run.db, *project));
}

void delete_agent_session(queue::Run& run, const DeleteAgentSession& args)
{
    const auto project = projects::find(run.db, args.project);
    if (!project || project->status != projects::Status::running) return;
    auto client = run.app.agents->lend(projects::agent_of(run.app, *project));
    client->abort(args.name); // one that is deleted while it works would go on
    client->delete_session(args.name, run.stop);
}

} // namespace skerry::sessions
