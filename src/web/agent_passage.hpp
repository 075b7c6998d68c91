#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

#include <string_view>

namespace skerry::web {

/// Passes a request on to the project's agent, with its password, and the answer back, so that the agent's
/// own clients work against this address. Keys in what it says of its configuration are masked. 502 and 504
/// when it does not answer.
http::Response pass_to_agent(Visit& visit);

/// Whether an agent may say there how it is configured, in whatever way its path is written.
bool tells_configuration(std::string_view target);

/// What an agent says of its configuration, without keys: values of members that may hold one become "***".
api::Json without_keys(const api::Json& json);

} // namespace skerry::web
