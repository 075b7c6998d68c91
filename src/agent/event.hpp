#pragma once

#include "api/json.hpp"

#include <string>
#include <string_view>

namespace skerry::agent {

/// One normalised fact about a conversation. Of a sub-agent's conversation the payload also has
/// agentSessionId and parentSessionId, the agent's names of it and of the session that began it.
struct Event {
    std::string type;            ///< one of event_types()
    std::string agent_session{}; ///< the agent's name of the session; empty when the agent does not say which
    api::Json payload = api::Json::object();
    bool operator==(const Event&) const = default;
};

} // namespace skerry::agent
