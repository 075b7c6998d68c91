#pragma once

#include "api/json.hpp"
#include "util/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::queue {

using JobId = std::int64_t;

/// The states of the queue's rules; the numbers stand in the database.
enum class State { scheduled, ready, running, retry, suspended, succeeded, cancelled, dead, superseded };

/// "scheduled", "ready" ...
std::string_view name_of(State state) noexcept;
/// What people see first: queued, running, succeeded, failed, cancelled, superseded.
std::string_view shown(State state) noexcept;
/// Whether nothing more will happen to it by itself.
bool is_finished(State state) noexcept;

/// A job that is to be added when another has succeeded.
struct FollowUp {
    std::string kind;
    api::Json args;
};

/// One durable unit of background work.
struct Job {
    JobId id = 0;
    std::string kind{};
    std::string queue{};
    std::int64_t priority = 0;
    State state = State::ready;
    api::Json args{}; ///< a text when what stands in the database is not JSON
    Time run_at = 0;
    std::int64_t attempt = 0; ///< begun attempts that are charged
    std::int64_t max_attempts = 0;
    std::int64_t crashes = 0;
    std::int64_t max_crashes = 0;
    std::int64_t lease = 0;
    std::optional<std::string> worker{};
    std::optional<Time> started_at{};    ///< of the last attempt
    std::optional<std::string> key{};    ///< one running job of a key at a time
    std::optional<Time> cancel_at{};     ///< when cancelling was asked for
    std::optional<api::Json> progress{}; ///< {fraction, message} of the last attempt
    std::optional<api::Json> result{};
    std::optional<std::string> error{};
    std::optional<std::string> name{};     ///< what a person calls it
    std::optional<std::int64_t> timeout{}; ///< milliseconds of one attempt; absent: what its kind says
    std::optional<JobId> parent{};         ///< the job that led to this one
    std::vector<FollowUp> follow_ups{};    ///< what its success starts, one after another
    Time created_at = 0;
    std::optional<Time> finished_at{};
};

/// {id, type, name, state, detailedState, queue, priority, projectId (the key), args, attempt, maxAttempts,
/// crashes, worker, progress, result, error, timeout, parentId, followUps (their kinds), runAt, createdAt,
/// startedAt, finishedAt, cancelRequestedAt}
api::Json to_json(const Job& job);

/// One try at a job.
struct Attempt {
    std::int64_t lease = 0;
    std::string worker{};
    Time started_at = 0;
    std::optional<Time> ended_at{}; ///< absent while it runs
    /// succeeded, failed, crashed, timeout, rescheduled, released, cancelled, discarded
    std::optional<std::string> outcome{};
    std::optional<std::string> error{};
    std::optional<std::int64_t> log_from{}; ///< where its lines begin in the job's log, in bytes
    std::optional<std::int64_t> log_to{};
};
/// {lease, worker, startedAt, endedAt, outcome, error, logFrom, logTo}
api::Json to_json(const Attempt& attempt);

} // namespace skerry::queue
