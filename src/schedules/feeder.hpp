#pragma once

#include "db/connection.hpp"
#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "schedules/schedule.hpp"

namespace skerry::schedules {

/// A slot that is noticed later than that was missed.
constexpr std::int64_t punctual_milliseconds = 60'000;

/// Adds the jobs of all slots up to `now` and moves each schedule on, in the caller's transaction: so a slot
/// is run once, also when the clock is set back or several workers look at the same time. A schedule that
/// cannot be read any more (its time zone is gone) is paused and says so.
void feed(db::Connection& db, Time now);

/// What program/ gives to the workers.
queue::Feeder feeder();

/// Adds the job of one slot; without a slot it is run by hand, and as often as somebody asks.
queue::Added add_job(db::Connection& db, const Schedule& schedule, std::optional<Time> slot);

} // namespace skerry::schedules
