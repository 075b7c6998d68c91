#pragma once

#include "sessions/session.hpp"
#include "sessions/session_store.hpp"

#include <chrono>
#include <optional>

/// How far a turn may go: its limits hold for all that comes of one prompt, its check and repairs too.
namespace skerry::sessions {

/// What is left of the turn's time limit, 1 ms at least; nothing when it has none. It began when the prompt
/// was sent first, maybe by another process.
std::optional<std::chrono::milliseconds> time_left(const Turn& turn, Time now);

/// The terms for a turn that follows on one that ended so: what that one has left of its limits. Nothing when
/// one of them is used up.
std::optional<Terms> terms_left(const Turn& turn, const TurnEnd& end, Time now);

} // namespace skerry::sessions
