#pragma once

#include "db/connection.hpp"
#include "sessions/session.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Every statement about sessions and turns.
namespace skerry::sessions {

void insert(db::Connection& db, const Session& session);
std::optional<Session> find(db::Connection& db, const SessionId& id);
/// By id, unique beginning of an id, or a project (its newest session). Throws Error not_found or conflict.
Session require(db::Connection& db, std::string_view reference);
/// Newest first; of one project, or of all with an empty id.
std::vector<Session> list(db::Connection& db, const projects::ProjectId& project);
/// A part of a list of sessions, newest first: what stands behind one of them.
struct Slice {
    std::optional<std::string> owner{};                 ///< only those of this user's projects
    std::string project{};                              ///< only this one's
    Time created_at = std::numeric_limits<Time>::max(); ///< of the last one that was seen ...
    std::string id{};                                   ///< ... and its id
    std::int64_t limit = 50;
};
std::vector<Session> list_part(db::Connection& db, const Slice& slice);
std::optional<Session> newest(db::Connection& db, const projects::ProjectId& project);
/// With its turns, its requests and its events.
void remove(db::Connection& db, const SessionId& id);
/// A fork of the session that the agent has not made yet.
std::optional<Session> find_fork_to_come(db::Connection& db, const SessionId& id);
void set_agent_session(db::Connection& db, const SessionId& id, const std::string& agent_session);

/// Behind all other turns of its project.
void insert(db::Connection& db, const Turn& turn);
std::optional<Turn> find_turn(db::Connection& db, const TurnId& id);
/// By id or unique beginning of an id. Throws Error not_found or conflict.
Turn require_turn(db::Connection& db, std::string_view reference);
/// The turn of the project that was asked for with that key.
std::optional<Turn> find_turn_by_key(db::Connection& db, const projects::ProjectId& project,
                                     const std::string& idempotency_key);
/// The turn that repairs or repeats this one.
std::optional<Turn> find_follower(db::Connection& db, const TurnId& id);
/// In the order in which they are performed.
std::vector<Turn> turns_of(db::Connection& db, const SessionId& session);
/// The next `limit` of them behind the one at `position`.
std::vector<Turn> turns_of(db::Connection& db, const SessionId& session, std::int64_t position,
                           std::int64_t limit);
/// The turns of a project that have not ended, in the order in which they are performed.
std::vector<Turn> live_turns(db::Connection& db, const projects::ProjectId& project);

/// Written before the prompt is sent: the same prompt is never sent under two names.
void set_message(db::Connection& db, const TurnId& id, const std::string& message);
/// Moves a turn that has not ended. The first move beyond queued is told as chat.turn.started.
void set_turn_state(db::Connection& db, const TurnId& id, TurnState state);
/// Where the project's files stood when the turn began; stays what it was set to first.
void set_commit_before(db::Connection& db, const TurnId& id, const std::string& commit);
/// Its place in the project's line, for a turn that has not been sent.
void set_position(db::Connection& db, const TurnId& id, std::int64_t position);
/// The commit that took the turn's changes back; nothing: they are there again.
void set_undone_by(db::Connection& db, const TurnId& id, const std::optional<std::string>& commit);

/// How a turn ended.
struct TurnEnd {
    TurnState state = TurnState::completed;
    std::optional<std::string> error{};
    std::optional<std::string> reason{}; ///< in one word
    std::optional<std::string> hint{};   ///< what a person may do about it
    double cost = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    std::int64_t steps = 0; ///< of the model; not stored
    std::vector<std::string> files_changed{};
    std::optional<std::string> commit_after{};
    std::optional<std::int64_t> check_exit{};
};
/// Ends a turn and tells it as chat.turn.ended, once: an ended turn stays as it is.
void end_turn(db::Connection& db, const TurnId& id, const TurnEnd& end);

} // namespace skerry::sessions
