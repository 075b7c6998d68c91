#pragma once

#include "queue/kind.hpp"
#include "sessions/session.hpp"

namespace skerry::sessions {

/// Texts come in pieces, and each piece is stored, so that whoever follows sees it at once. A while after a
/// message has ended its pieces become one event for each text, so that reading the log again is short. That
/// event has the number of the last piece: whoever comes back with a number in between gets the whole text.

/// A message of the turn, or all of the turn, has ended. In the caller's transaction.
void fold_later(db::Connection& db, const TurnId& turn);

/// Folds when the time has come.
queue::Feeder folder();

} // namespace skerry::sessions
