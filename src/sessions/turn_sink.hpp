#pragma once

#include "agent/turn.hpp"
#include "queue/run.hpp"
#include "sessions/session.hpp"

namespace skerry::sessions {

/// Stores what is told of a turn: its events, what the agent asks for, how far it is. `run` outlives it.
agent::Sink sink_of(const queue::Run& run, const Turn& turn);

} // namespace skerry::sessions
