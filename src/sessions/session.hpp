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
    std::string agent = "build";            ///< how the agent works: "build" changes files, "plan" only looks
    std::optional<SessionId> forked_from{}; ///< the session whose conversation it began with ...
    std::optional<TurnId> forked_at{};      ///< ... and the last turn of it
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

/// A file that goes with a prompt: a copy that nobody changes.
struct Attachment {
    std::string name;
    std::string mime;
    std::string path;
};

/// What a prompt asks for beside its text.
struct Terms {
    std::optional<std::string> on_permission{}; ///< allow, ask, deny, fail; else as the project says
    bool require_change = false;                ///< a turn that changed nothing has failed
    std::optional<std::string> check{};         ///< a line for sh -c that must succeed afterwards
    std::int64_t fix = 0;                       ///< how often a failed check may be fed back
    std::optional<double> max_cost{};
    std::optional<std::int64_t> max_steps{}; ///< of the model
    std::optional<std::int64_t> timeout{};   ///< milliseconds
};

/// Why there is a turn.
enum class Origin { person, fix, retry };
std::string_view name_of(Origin origin) noexcept;
std::optional<Origin> origin_named(std::string_view name) noexcept;

/// One prompt and everything the agent does about it, up to its end.
struct Turn {
    TurnId id;
    SessionId session;
    projects::ProjectId project;
    std::string prompt;
    std::string model;
    std::string agent = "build";
    std::vector<Attachment> attachments{};
    Terms terms{};
    Origin origin = Origin::person;
    std::optional<TurnId> follows{};              ///< the turn that it repairs or repeats
    std::optional<std::string> idempotency_key{}; ///< one turn of a project has it
    std::int64_t position = 0;                    ///< in the project's line, ascending; given by insert()
    TurnState state = TurnState::queued;
    std::optional<std::string> message; ///< the agent's name for the prompt, written before it is sent
    std::optional<std::string> error;
    std::optional<std::string> reason; ///< of its end, in one word: "no_change", "max_cost" ...
    std::optional<std::string> hint;   ///< what a person may do about it
    double cost = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    std::vector<std::string> files_changed;
    std::optional<std::string> commit_before;
    std::optional<std::string> commit_after;
    std::optional<std::string> undone_by; ///< the commit that took its changes back
    std::optional<std::int64_t> check_exit;
    std::optional<std::int64_t> seq_from; ///< its first event ...
    std::optional<std::int64_t> seq_to;   ///< ... and its last
    Time created_at = 0;
    std::optional<Time> sent_at;
    std::optional<Time> started_at; ///< when the agent began
    std::optional<Time> ended_at;
};
/// {id, sessionId, projectId, prompt, model, agent, attachments [{name, mime}], origin, followsTurnId,
/// terms {onPermission, requireChange, fix, maxCost, maxTurns, timeLimitMs}, position, state, error, reason,
/// hint, cost, tokens {input, output}, filesChanged, commitBefore, commitAfter, undoneBy, check {command,
/// exitCode}?, seqFrom, seqTo, createdAt, sentAt, startedAt, endedAt}
api::Json to_json(const Turn& turn);

enum class RequestState { open, answered, resolved, dropped };
std::string_view name_of(RequestState state) noexcept;
std::optional<RequestState> request_state_named(std::string_view name) noexcept;

/// A permission or an answer that an agent waits for.
struct Request {
    std::string id; ///< the agent's
    projects::ProjectId project;
    SessionId session;
    TurnId turn;
    std::string kind; ///< "permission" or "question"
    RequestState state = RequestState::open;
    api::Json payload;                  ///< of the event that told it
    std::optional<std::string> reply{}; ///< once, always, reject, choice
    std::optional<std::string> message{};
    std::vector<std::vector<std::string>> choices{}; ///< for each question the labels that were chosen
    Time asked_at = 0;
    std::optional<Time> answered_at{};
    std::optional<Time> ended_at{};
};
/// {id, projectId, sessionId, turnId, kind, state, reply, message, askedAt, answeredAt, endedAt, and what the
/// event told: permission, patterns, title ... or questions}
api::Json to_json(const Request& request);

} // namespace skerry::sessions
