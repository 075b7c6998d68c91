#pragma once

#include "agent/event.hpp"
#include "agent/turn.hpp"
#include "db/connection.hpp"
#include "sessions/session.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Every statement about what agents wait for.
namespace skerry::sessions {

/// Keeps what an event of the turn says of a request; any other event changes nothing. To be called in the
/// transaction that stores the event.
void keep_request(db::Connection& db, const Turn& turn, const agent::Event& event);
/// Oldest first; of one session, or of all with an empty id.
std::vector<Request> open_requests(db::Connection& db, const SessionId& session);
/// By id or unique beginning of an id, whatever has become of it. Throws Error not_found or conflict.
Request require_request(db::Connection& db, const SessionId& session, std::string_view reference);
/// What a person answered, for an open request.
void write_answer(db::Connection& db, const Request& request);
/// The answers that the agent may not have heard yet.
std::vector<agent::Reply> answers_for(db::Connection& db, const TurnId& turn);

} // namespace skerry::sessions
