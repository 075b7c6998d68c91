#pragma once

#include "projects/project.hpp"
#include "util/clock.hpp"
#include "util/id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::sessions {

struct Session;
struct Turn;
using SessionId = Id<Session>;
using TurnId = Id<Turn>;

/// One conversation with a project's agent.
struct Session {
    SessionId id;
    projects::ProjectId project;
    std::optional<std::string> agent_session{}; ///< the agent's own name for it, once it exists there
    std::string title;
    std::string model;
    Time created_at = 0;
    Time updated_at = 0;
};
api::Json to_json(const Session& session);

enum class TurnState {
    queued,
    sent,
    running,
    needs_input,
    completed,
    failed,
    stuck,
    timeout,
    cancelled,
    limit
};
std::string_view name_of(TurnState state) noexcept;
std::optional<TurnState> turn_state_named(std::string_view name) noexcept;
bool is_ended(TurnState state) noexcept;

/// One prompt and everything the agent does about it, up to its end.
struct Turn {
    TurnId id;
    SessionId session;
    projects::ProjectId project;
    std::string prompt;
    std::string model;
    TurnState state = TurnState::queued;
    std::optional<std::string> message; ///< the agent's name for the prompt, written before it is sent
    std::optional<std::string> error;
    double cost = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    std::vector<std::string> files_changed;
    Time created_at = 0;
    std::optional<Time> sent_at;
    std::optional<Time> ended_at;
};
/// {id, sessionId, projectId, prompt, model, state, error, cost, tokens {input, output}, filesChanged,
/// createdAt, sentAt, endedAt}
api::Json to_json(const Turn& turn);

} // namespace skerry::sessions
