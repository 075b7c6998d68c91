#include "sessions/session.hpp"

#include <array>

namespace skerry::sessions {
namespace {

template <class Of> api::Json id_if_any(const std::optional<Id<Of>>& id)
{
    return id ? api::Json(id->value) : api::Json();
}

/// The check stands beside its exit code.
api::Json json_of(const Terms& terms)
{
    return api::Json::object({{"onPermission", terms.on_permission},
                              {"requireChange", terms.require_change},
                              {"fix", terms.fix},
                              {"maxCost", terms.max_cost},
                              {"maxTurns", terms.max_steps},
                              {"timeLimitMs", terms.timeout}});
}

} // namespace

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

std::string_view name_of(Origin origin) noexcept
{
    switch (origin) {
    case Origin::person: return "person";
    case Origin::fix: return "fix";
    case Origin::retry: return "retry";
    }
    return "";
}

std::optional<Origin> origin_named(std::string_view name) noexcept
{
    for (const auto origin : {Origin::person, Origin::fix, Origin::retry})
        if (name_of(origin) == name) return origin;
    return std::nullopt;
}

std::string_view name_of(RequestState state) noexcept
{
    switch (state) {
    case RequestState::open: return "open";
    case RequestState::answered: return "answered";
    case RequestState::resolved: return "resolved";
    case RequestState::dropped: return "dropped";
    }
    return "";
}

std::optional<RequestState> request_state_named(std::string_view name) noexcept
{
    for (const auto state :
         {RequestState::open, RequestState::answered, RequestState::resolved, RequestState::dropped})
        if (name_of(state) == name) return state;
    return std::nullopt;
}

api::Json to_json(const Session& session)
{
    return api::Json::object({{"id", session.id.value},
                              {"projectId", session.project.value},
                              {"title", session.title},
                              {"model", session.model},
                              {"agent", session.agent},
                              {"agentSessionId", session.agent_session},
                              {"forkedFrom", id_if_any(session.forked_from)},
                              {"forkedAt", id_if_any(session.forked_at)},
                              {"createdAt", session.created_at},
                              {"updatedAt", session.updated_at}});
}

api::Json to_json(const Turn& turn)
{
    auto attachments = api::Json::array();
    for (const auto& file : turn.attachments)
        attachments.push(api::Json::object({{"name", file.name}, {"mime", file.mime}}));
    auto json = api::Json::object(
        {{"id", turn.id.value},
         {"sessionId", turn.session.value},
         {"projectId", turn.project.value},
         {"prompt", turn.prompt},
         {"model", turn.model},
         {"agent", turn.agent},
         {"attachments", std::move(attachments)},
         {"origin", name_of(turn.origin)},
         {"followsTurnId", id_if_any(turn.follows)},
         {"terms", json_of(turn.terms)},
         {"position", turn.position},
         {"state", name_of(turn.state)},
         {"error", turn.error},
         {"reason", turn.reason},
         {"hint", turn.hint},
         {"cost", turn.cost},
         {"tokens", api::Json::object({{"input", turn.tokens_input}, {"output", turn.tokens_output}})},
         {"filesChanged", turn.files_changed},
         {"commitBefore", turn.commit_before},
         {"commitAfter", turn.commit_after},
         {"undoneBy", turn.undone_by},
         {"seqFrom", turn.seq_from},
         {"seqTo", turn.seq_to},
         {"createdAt", turn.created_at},
         {"sentAt", turn.sent_at},
         {"startedAt", turn.started_at},
         {"endedAt", turn.ended_at}});
    if (turn.terms.check)
        json.set("check", api::Json::object({{"command", *turn.terms.check}, {"exitCode", turn.check_exit}}));
    return json;
}

api::Json to_json(const Request& request)
{
    auto json = api::Json::object({{"id", request.id},
                                   {"projectId", request.project.value},
                                   {"sessionId", request.session.value},
                                   {"turnId", request.turn.value},
                                   {"kind", request.kind},
                                   {"state", name_of(request.state)},
                                   {"reply", request.reply},
                                   {"message", request.message},
                                   {"askedAt", request.asked_at},
                                   {"answeredAt", request.answered_at},
                                   {"endedAt", request.ended_at}});
    for (const auto& told : request.payload.members())
        if (!json.has(told.name)) json.set(told.name, told.value);
    return json;
}

} // namespace skerry::sessions
