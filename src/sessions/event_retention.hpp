#pragma once

#include "queue/kind.hpp"

namespace skerry::sessions {

/// Removes events that are older than their project keeps them (its own setting, or keepEvents). Those of
/// turns that are under way stay.
queue::Feeder event_retention();

} // namespace skerry::sessions
