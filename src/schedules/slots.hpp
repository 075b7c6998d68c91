#pragma once

#include "schedules/cron.hpp"
#include "schedules/timezone.hpp"
#include "util/clock.hpp"

#include <optional>
#include <vector>

/// The times at which a schedule runs. When the clocks are set forward, what falls into the gap runs once,
/// right after it. When they are set back, a time that comes twice counts the first time; only what runs in
/// every hour runs in both.
namespace skerry::schedules {

/// The first slot after `after`; nothing when there is none in the 40 years to come.
std::optional<Time> next_slot(const Cron& cron, const Timezone& zone, Time after);

/// The last slots in [from, until], `most` at most, oldest first. Takes no longer for a long time than for a
/// short one.
std::vector<Time> last_slots(const Cron& cron, const Timezone& zone, Time from, Time until, std::size_t most);

} // namespace skerry::schedules
