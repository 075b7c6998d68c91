#pragma once

#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"
#include "sessions/session.hpp"

/// The jobs that talk to a project's agent. Every handler may be run twice.
namespace skerry::sessions {

/// Sends the prompt of a turn, once, and follows the turn to its end. Starts the project first when it does
/// not run, or runs with other keys or settings than it has now.
struct PerformTurn {
    static constexpr queue::Policy policy{.kind = "agent.prompt", .timeout = std::chrono::hours(24)};
    TurnId turn;
    bool renewed = false;
};
constexpr auto fields(api::Tag<PerformTurn>)
{
    return std::array{
        api::field<&PerformTurn::turn>("turnId", "The turn", {.min = 1, .max = 40}),
        api::field<&PerformTurn::renewed>("renewed", "The agent was just started for it"),
    };
}
void perform_turn(queue::Run& run, const PerformTurn& args);
/// The newest job that is to perform the turn, or was; nothing while the project is on its way up for it.
std::optional<queue::Job> job_of(db::Connection& db, const Turn& turn);
/// The turn ends as failed, or as cancelled when that is the reason.
void abandon_turn(db::Connection& db, const PerformTurn& args, const Error& reason);

} // namespace skerry::sessions
