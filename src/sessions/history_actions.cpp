#include "sessions/history_actions.hpp"

#include "projects/containers.hpp"
#include "projects/project_store.hpp"
#include "queue/queue.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <functional>

namespace skerry::sessions {
namespace {

constexpr std::size_t longest_quote = 60;

bool has_changes(const Turn& turn)
{
    return turn.commit_before && turn.commit_after && turn.commit_before != turn.commit_after;
}

/// The turn of the session that is named, or its last one that `fits`.
Turn turn_meant(const api::Context& context, const Session& session, const std::optional<std::string>& name,
                const std::function<bool(const Turn&)>& fits, const std::string& nothing)
{
    if (name) {
        auto turn = require_turn(context, *name);
        if (turn.session != session.id)
            throw Error(Code::not_found, "the turn " + turn.id.value + " is of another session",
                        {.hint = "skerry sessions turns " + session.id.value});
        if (fits(turn)) return turn;
        throw Error(Code::conflict, nothing, {.hint = "skerry sessions turns " + session.id.value});
    }
    const auto turns = turns_of(context.db, session.id);
    const auto found = std::find_if(turns.rbegin(), turns.rend(), fits);
    if (found == turns.rend())
        throw Error(Code::not_found, nothing, {.hint = "skerry sessions turns " + session.id.value});
    return *found;
}

History history_of(api::Context& context, const projects::ProjectId& id)
{
    const auto project = projects::find(context.db, id);
    require_alive(*project);
    return {
        *project, context.app.paths.state(id.value), {}, projects::agent_container(context.app, *project)};
}

void refuse_lost(History& history, const Turn& turn)
{
    if (history.holds(*turn.commit_before) && history.holds(*turn.commit_after)) return;
    throw Error(Code::conflict, "this turn's commit is no longer in the project's repository",
                {.hint = "the repository was removed or replaced since; the turns after that are there"});
}

Turn turn_with_changes(api::Context& context, const NamedTurn& named)
{
    return turn_meant(context, require(context, named.session), named.turn, has_changes,
                      "no change is recorded");
}

/// With the write lock held nothing begins to work on the files meanwhile.
void refuse_busy(db::Connection& db, const projects::ProjectId& project)
{
    const auto running = queue::list(db, {.state = "running", .key = project.value, .limit = 1});
    if (!running.empty())
        throw Error(Code::conflict, "the project is busy with job " + std::to_string(running.front().id),
                    {.hint = "skerry jobs wait " + std::to_string(running.front().id)});
}

void refuse_obstacle(History& history)
{
    if (const auto obstacle = history.obstacle(); !obstacle.empty())
        throw Error(Code::conflict, "the repository is in the middle of something: " + obstacle,
                    {.hint = "end it with git first"});
}

std::string subject(const char* verb, const Turn& turn)
{
    return verb + one_line(turn.prompt, longest_quote);
}

} // namespace

Difference difference(api::Context& context, const NamedTurn& named)
{
    auto turn = turn_with_changes(context, named);
    auto history = history_of(context, turn.project);
    refuse_lost(history, turn);
    auto files = history.changes(*turn.commit_before, *turn.commit_after);
    return {.turn = std::move(turn), .files = std::move(files)};
}

std::string patch_of(api::Context& context, const NamedTurn& named)
{
    const auto turn = turn_with_changes(context, named);
    auto history = history_of(context, turn.project);
    refuse_lost(history, turn);
    return history.patch(*turn.commit_before, *turn.commit_after);
}

Turn undo(api::Context& context, const NamedTurn& named)
{
    db::Transaction transaction(context.db);
    const auto session = require(context, named.session);
    const auto fits = [](const Turn& turn) { return has_changes(turn) && !turn.undone_by; };
    const auto turn = turn_meant(context, session, named.turn, fits, "there is nothing to take back");
    refuse_busy(context.db, turn.project);
    auto history = history_of(context, turn.project);
    refuse_lost(history, turn);
    refuse_obstacle(history);
    history.commit_all("Changes between turns");
    const auto commit = history.apply(*turn.commit_after, *turn.commit_before, subject("Undo: ", turn));
    set_undone_by(context.db, turn.id, commit);
    auto undone = *find_turn(context.db, turn.id);
    transaction.commit();
    return undone;
}

Turn redo(api::Context& context, const NamedSession& named)
{
    db::Transaction transaction(context.db);
    const auto session = require(context, named.session);
    std::vector<std::string> commits;
    const auto turns = turns_of(context.db, session.id);
    for (const auto& turn : turns)
        if (turn.undone_by) commits.push_back(*turn.undone_by);
    refuse_busy(context.db, session.project);
    auto history = history_of(context, session.project);
    const auto last = commits.empty() ? std::string() : history.newest_of(commits);
    const auto turn = std::find_if(turns.begin(), turns.end(),
                                   [&](const Turn& one) { return one.undone_by && *one.undone_by == last; });
    if (turn == turns.end())
        throw Error(Code::not_found, "nothing was taken back",
                    {.hint = "skerry sessions undo " + session.id.value});
    refuse_lost(history, *turn);
    refuse_obstacle(history);
    history.commit_all("Changes between turns");
    history.apply(*turn->commit_before, *turn->commit_after, subject("Redo: ", *turn));
    set_undone_by(context.db, turn->id, std::nullopt);
    auto done = *find_turn(context.db, turn->id);
    transaction.commit();
    return done;
}

} // namespace skerry::sessions
