#include "sessions/line_actions.hpp"

#include "queue/queue.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_jobs.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

bool waits(const Turn& turn)
{
    return turn.state == TurnState::queued && !turn.message;
}

Turn require_waiting(const api::Context& context, const std::string& reference)
{
    auto turn = require_turn(context, reference);
    if (waits(turn)) return turn;
    const bool ended = turn.ended_at.has_value();
    throw Error(Code::conflict, "the turn " + turn.id.value + (ended ? " has ended" : " has begun"),
                {.hint = ended ? "" : "skerry sessions abort " + turn.session.value});
}

std::vector<Turn> waiting_turns(db::Connection& db, const projects::ProjectId& project)
{
    auto turns = live_turns(db, project);
    std::erase_if(turns, [](const Turn& turn) { return !waits(turn); });
    return turns;
}

} // namespace

Turn drop(api::Context& context, const NamedPrompt& input)
{
    db::Transaction transaction(context.db);
    const auto turn = require_waiting(context, input.turn);
    end_turn(context.db, turn.id, {.state = TurnState::cancelled, .error = "dropped before it began"});
    transaction.commit();
    if (const auto job = job_of(context.db, turn); job && !queue::is_finished(job->state))
        queue::cancel(context.app.paths, context.db, *context.app.job_kinds, job->id);
    return *find_turn(context.db, turn.id);
}

Turn move(api::Context& context, const Move& input)
{
    db::Transaction transaction(context.db);
    const auto turn = require_waiting(context, input.turn);
    auto line = waiting_turns(context.db, turn.project);
    std::vector<std::int64_t> places;
    for (const auto& one : line) places.push_back(one.position);
    std::erase_if(line, [&](const Turn& one) { return one.id == turn.id; });
    auto place = line.begin();
    if (input.before) {
        const auto other = require_waiting(context, *input.before);
        place = std::find_if(line.begin(), line.end(), [&](const Turn& one) { return one.id == other.id; });
        if (place == line.end() && other.id != turn.id)
            throw Error(Code::not_found, "the turn " + other.id.value + " is of another project");
    }
    line.insert(place, turn);
    for (std::size_t i = 0; i < line.size(); ++i) set_position(context.db, line[i].id, places[i]);
    auto moved = *find_turn(context.db, turn.id);
    transaction.commit();
    return moved;
}

} // namespace skerry::sessions
