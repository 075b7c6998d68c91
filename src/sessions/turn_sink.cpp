#include "sessions/turn_sink.hpp"

#include "agent/event_types.hpp"
#include "events/event_log.hpp"
#include "sessions/folding.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"

namespace skerry::sessions {
namespace {

TurnState state_of(agent::Progress progress)
{
    switch (progress) {
    case agent::Progress::sent: return TurnState::sent;
    case agent::Progress::running: return TurnState::running;
    case agent::Progress::needs_input: return TurnState::needs_input;
    }
    return TurnState::running;
}

void keep(db::Connection& db, const Turn& turn, const agent::Event& event)
{
    keep_request(db, turn, event);
    events::append(db, {.type = event.type,
                        .project = turn.project.value,
                        .session = turn.session.value,
                        .turn = turn.id.value,
                        .payload = event.payload});
    if (event.type == agent::type::message_final) fold_later(db, turn.id);
}

} // namespace

agent::Sink sink_of(const queue::Run& run, const Turn& turn)
{
    return {.events =
                [&run, turn](const std::vector<agent::Event>& batch) {
                    run.write_with_others([&](db::Connection& db) {
                        for (const auto& event : batch) keep(db, turn, event);
                    });
                },
            .progress =
                [&run, turn](agent::Progress progress) {
                    run.write_with_others(
                        [&](db::Connection& db) { set_turn_state(db, turn.id, state_of(progress)); });
                }};
}

} // namespace skerry::sessions
