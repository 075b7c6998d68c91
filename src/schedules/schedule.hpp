#pragma once

#include "api/json.hpp"
#include "queue/job.hpp"
#include "util/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::schedules {

/// What becomes of slots that nobody was there for: no worker ran, or the machine slept.
enum class Missed {
    skip, ///< nothing
    once, ///< one run stands for all of them
    all,  ///< each is made up for, the newest 100 at most
};
std::string_view name_of(Missed missed) noexcept;
/// Throws Error bad_request.
Missed missed_named(std::string_view name);

/// What each slot adds to the queue.
struct Task {
    std::string kind{};
    api::Json args{};
    std::string queue = "default";
    std::int64_t priority = 0;
    std::int64_t max_attempts = 1;
    std::optional<std::int64_t> timeout{}; ///< milliseconds
    std::string key{};                     ///< empty: runs of one schedule may overlap
};
/// {type, args, queue, priority, maxAttempts, timeout, key}
api::Json to_json(const Task& task);
Task task_of(const api::Json& json);

/// Something that runs again and again, at times that a cron expression tells.
struct Schedule {
    std::string name{};
    std::string cron{};
    std::string timezone{};
    Missed missed = Missed::once;
    Task task{};
    Time next_at = 0; ///< the slot that comes next; moved on in the transaction that adds its job
    std::optional<Time> last_at{}; ///< the slot that was last run, or when somebody ran it by hand
    std::optional<queue::JobId> last_job{};
    std::optional<Time> paused_at{};
    std::optional<std::string> paused_by{};
    Time created_at = 0;
    Time updated_at = 0;
};
/// {name, cron, timezone, missed, job, nextAt (null when paused), lastAt, lastJobId, pausedAt, pausedBy,
/// createdAt, updatedAt}
api::Json to_json(const Schedule& schedule);

} // namespace skerry::schedules
