#include "sessions/session.hpp"

#include <array>

namespace skerry::sessions {

std::string_view name_of(TurnState state) noexcept
{
    switch (state) {
    case TurnState::queued: return "queued";
    case TurnState::sent: return "sent";
    case TurnState::running: return "running";
    case TurnState::needs_input: return "needs_input";
    case TurnState::completed: return "completed";
    case TurnState::failed: return "failed";
    case TurnState::stuck: return "stuck";
    case TurnState::timeout: return "timeout";
    case TurnState::cancelled: return "cancelled";
    case TurnState::limit: return "limit";
    }
    return "";
}

std::optional<TurnState> turn_state_named(std::string_view name) noexcept
{
    for (const auto state : {TurnState::queued, TurnState::sent, TurnState::running, TurnState::needs_input,
                             TurnState::completed, TurnState::failed, TurnState::stuck, TurnState::timeout,
                             TurnState::cancelled, TurnState::limit})
        if (name_of(state) == name) return state;
    return std::nullopt;
}

bool is_ended(TurnState state) noexcept
{
    switch (state) {
    case TurnState::queued:
    case TurnState::sent:
    case TurnState::running:
    case TurnState::needs_input: return false;
    case TurnState::completed:
    case TurnState::failed:
    case TurnState::stuck:
    case TurnState::timeout:
    case TurnState::cancelled:
    case TurnState::limit: return true;
    }
    return true;
}

api::Json to_json(const Session& session)
{
    return api::Json::object({{"id", session.id.value},
                              {"projectId", session.project.value},
                              {"title", session.title},
                              {"model", session.model},
                              {"agentSessionId", session.agent_session},
                              {"createdAt", session.created_at},
                              {"updatedAt", session.updated_at}});
}

api::Json to_json(const Turn& turn)
{
    return api::Json::object(
        {{"id", turn.id.value},
         {"sessionId", turn.session.value},
         {"projectId", turn.project.value},
         {"prompt", turn.prompt},
         {"model", turn.model},
         {"state", name_of(turn.state)},
         {"error", turn.error},
         {"cost", turn.cost},
         {"tokens", api::Json::object({{"input", turn.tokens_input}, {"output", turn.tokens_output}})},
         {"filesChanged", turn.files_changed},
         {"createdAt", turn.created_at},
         {"sentAt", turn.sent_at},
         {"endedAt", turn.ended_at}});
}

} // namespace skerry::sessions
