#pragma once

#include "api/json.hpp"
#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace skerry::queue {

/// How many jobs of a type, or in a queue, are in each state.
using StateCounts = std::map<State, std::int64_t>;

struct Ended {
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
};

struct WorkerAtWork {
    std::string name;
    std::int64_t pid = 0;
    std::int64_t concurrency = 0;
    std::string queues; ///< "a,b"; empty: all
    Time started_at = 0;
    std::int64_t running = 0; ///< jobs
};

struct Stats {
    StateCounts states{};
    std::map<std::string, StateCounts> types{};
    std::map<std::string, StateCounts> queues{};
    bool approximate = false; ///< the figures of types and queues, and scheduled against retry, are estimates
    std::optional<std::int64_t> oldest_waiting{}; ///< milliseconds that the oldest job waits which may begin
    Ended last_minute{};
    Ended last_hour{};
    std::optional<std::int64_t> average_run_time{}; ///< milliseconds, of the last 1,000 of the last hour
    std::vector<WorkerAtWork> workers{};
    api::Json pauses = api::Json::array(); ///< [{scope, name, pausedAt, pausedBy}]
    std::int64_t database_bytes = 0;
    std::int64_t log_bytes = 0; ///< of the write-ahead log
};

/// How the queue is doing. Counts in the indexes and looks at 20,000 jobs of each state at most, so that it
/// is as quick with millions of jobs.
Stats stats(const Paths& paths, db::Connection& db, Time now);

/// {states, types: [{type, states}], queues: [{queue, states}], approximate, oldestWaiting, lastMinute,
/// lastHour: {succeeded, failed}, averageRunTime, workers, pauses, databaseBytes, logBytes}
api::Json to_json(const Stats& stats);

} // namespace skerry::queue
