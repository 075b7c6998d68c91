#pragma once

#include "queue/kind.hpp"

namespace skerry::sessions {

/// Stops running projects that nothing has happened in for as long as the setting idleStop says: no turn, no
/// job, nobody who follows. The next prompt starts them again.
queue::Feeder idle_stopper();

} // namespace skerry::sessions
