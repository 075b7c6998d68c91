#pragma once

#include "queue/run.hpp"
#include "sessions/session.hpp"
#include "sessions/session_store.hpp"

namespace skerry::sessions {

/// Notes where the files stand before the agent touches them; what somebody left uncommitted is committed
/// apart. Both functions may be called again after a crash at any point, and go without git where it fails or
/// somebody is in the middle of a merge: that is told as chat.diagnostic.
void before_turn(const queue::Run& run, const Turn& turn, const projects::Project& project);

/// Whether the job was cancelled or has run out of its time, so that nobody will go on with the turn.
bool is_given_up(const queue::Run& run) noexcept;

/// How a turn ends, and the turn that is to repair it or to try it again.
struct Ended {
    TurnEnd end;
    std::optional<Turn> next{};
};
/// Commits what the agent changed, runs the check that was asked for, and judges. A turn that is given up
/// meanwhile has its commit and what it has used too, and nothing follows it.
Ended after_turn(const queue::Run& run, const Turn& turn, const projects::Project& project, TurnEnd end);

/// The turn itself, or the last of those that repair it.
Turn last_of_line(db::Connection& db, Turn turn);

} // namespace skerry::sessions
