#include "sessions/conversation_actions.hpp"

#include "projects/project_access.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "sessions/agent_session.hpp"
#include "sessions/attachments.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

/// The last turn that a fork of the session remembers.
Turn turn_to_fork_at(const api::Context& context, const Session& session,
                     const std::optional<std::string>& named)
{
    if (named) {
        auto turn = require_turn(context, *named);
        if (turn.session != session.id)
            throw Error(Code::not_found, "the turn " + turn.id.value + " is of another session",
                        {.hint = "skerry sessions turns " + session.id.value});
        if (!turn.ended_at) throw Error(Code::conflict, "the turn " + turn.id.value + " has not ended");
        return turn;
    }
    const auto turns = turns_of(context.db, session.id);
    const auto last = std::find_if(turns.rbegin(), turns.rend(),
                                   [](const Turn& turn) { return turn.ended_at.has_value(); });
    if (last == turns.rend())
        throw Error(Code::conflict, "the session has no turn that has ended: there is nothing to fork yet");
    return *last;
}

void refuse_needed(db::Connection& db, const Session& session)
{
    const auto live = live_turns(db, session.project);
    if (std::any_of(live.begin(), live.end(), [&](const Turn& turn) { return turn.session == session.id; }))
        throw Error(Code::conflict, "a turn of the session has not ended",
                    {.hint = "skerry sessions abort " + session.id.value});
    if (const auto fork = find_fork_to_come(db, session.id))
        throw Error(
            Code::conflict, "the session " + fork->id.value + " was forked from it and has not begun",
            {.hint = "prompt that one first, or delete it: skerry sessions delete " + fork->id.value});
}

} // namespace

Session create_session(api::Context& context, const NewSession& input)
{
    db::Transaction transaction(context.db);
    const auto project = projects::require(context, input.project);
    require_alive(project);
    Session session{.id = SessionId(random_id()),
                    .project = project.id,
                    .title = input.title.value_or("New conversation"),
                    .model = checked_model(input.model.value_or(project.model)),
                    .created_at = now()};
    session.updated_at = session.created_at;
    session.agent = input.agent.value_or(session.agent);
    insert(context.db, session);
    transaction.commit();
    return session;
}

Session fork_session(api::Context& context, const Fork& input)
{
    db::Transaction transaction(context.db);
    const auto origin = require(context, input.session);
    require_alive(*projects::find(context.db, origin.project));
    auto fork = origin;
    fork.id = SessionId(random_id());
    fork.agent_session.reset();
    fork.created_at = now();
    fork.updated_at = fork.created_at;
    fork.title = input.title.value_or(origin.title + " (fork)");
    const bool has_own_turns = !turns_of(context.db, origin.id).empty();
    if (has_own_turns || !origin.forked_at || input.at) { // else: a fork of what that one was forked from
        fork.forked_from = origin.id;
        fork.forked_at = turn_to_fork_at(context, origin, input.at).id;
    }
    insert(context.db, fork);
    transaction.commit();
    return fork;
}

Session delete_session(api::Context& context, const NamedSession& input)
{
    db::Transaction transaction(context.db);
    const auto session = require(context, input.session);
    refuse_needed(context.db, session);
    const auto turns = turns_of(context.db, session.id);
    remove(context.db, session.id);
    if (session.agent_session)
        queue::add(context.db, DeleteAgentSession{session.project, *session.agent_session},
                   projects::order_for(session.project));
    transaction.commit();
    for (const auto& turn : turns) remove_attachments(context.app.paths, turn);
    Bell::ring(context.app.paths.running());
    return session;
}

} // namespace skerry::sessions
