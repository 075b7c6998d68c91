#pragma once

#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"
#include "sessions/session.hpp"

/// The jobs that talk to a project's agent. Every handler may be run twice.
namespace skerry::sessions {

/// Makes the session at the agent.
struct CreateAgentSession {
    static constexpr queue::Policy policy{.kind = "agent.session_create"};
    SessionId session;
};
constexpr auto fields(api::Tag<CreateAgentSession>)
{
    return std::array{
        api::field<&CreateAgentSession::session>("sessionId", "The session", {.min = 1, .max = 40})};
}
void create_agent_session(queue::Run& run, const CreateAgentSession& args);

/// Sends the prompt of a turn, once, and follows the turn to its end. Starts the project first when it does
/// not run.
struct PerformTurn {
    static constexpr queue::Policy policy{.kind = "agent.prompt", .timeout = std::chrono::hours(24)};
    TurnId turn;
};
constexpr auto fields(api::Tag<PerformTurn>)
{
    return std::array{api::field<&PerformTurn::turn>("turnId", "The turn", {.min = 1, .max = 40})};
}
void perform_turn(queue::Run& run, const PerformTurn& args);
/// The turn ends as failed, or as cancelled when that is the reason.
void abandon_turn(db::Connection& db, const PerformTurn& args, const Error& reason);

} // namespace skerry::sessions
