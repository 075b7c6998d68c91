#pragma once

#include "api/json.hpp"
#include "db/connection.hpp"
#include "sessions/session.hpp"

#include <string>
#include <vector>

namespace skerry::sessions {

/// What was said in a session, by whom; without the words of sub-agents.
struct Message {
    TurnId turn;
    std::string id;   ///< the agent's; empty for a prompt that it does not have yet
    std::string role; ///< "user" or "assistant"
    std::string text;
    std::vector<api::Json> tools{}; ///< what the agent used in it: {tool, title, state, exitCode?, error?}
    Time time = 0;
};
/// {turnId, id, role, text, tools, time}
api::Json to_json(const Message& message);

/// In order, as the stored events tell: also of a project that is stopped.
std::vector<Message> conversation_of(db::Connection& db, const SessionId& session);

} // namespace skerry::sessions
