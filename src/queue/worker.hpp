#pragma once

#include "app/app.hpp"
#include "queue/kind.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::db {
class Connection;
}

namespace skerry::queue {

/// A queue that a worker serves.
struct ServedQueue {
    std::string name;
    int concurrency = 0; ///< at most so many of its jobs at a time here; 0: as many as the worker performs
};

struct WorkerOptions {
    int concurrency = 8;               ///< jobs at a time
    std::vector<ServedQueue> queues{}; ///< empty: every queue
    std::vector<std::string> kinds{};  ///< empty: every kind of job
    std::optional<int> most{};         ///< ends after so many jobs, or when there is none to begin
    std::chrono::milliseconds lease =
        std::chrono::minutes(1);        ///< how long it may hang before others take over
    std::chrono::milliseconds drain{0}; ///< at stop: how long running jobs may still finish
};

/// Performs jobs: claims as many as it has free slots, has them performed by the threads of its pool, writes
/// their ends and the next claims together, renews their leases, passes cancels on, takes over from dead
/// workers, adds what is due by the clock.
class Worker {
public:
    Worker(const App& app, const Kinds& kinds, WorkerOptions options);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() = default;

    /// Until stop, or until `finished` (asked after every change, with the worker's own connection) says so.
    /// Running jobs are then asked to stop and released without charge. The schema must be up to date.
    /// Throws Error when the database fails it (a full disk): its jobs were asked to stop, and the next
    /// worker takes over what could not be written.
    void work(std::stop_token stop, const std::function<bool(db::Connection&)>& finished = {});

private:
    const App& app_;
    const Kinds& kinds_;
    const WorkerOptions options_;
};

} // namespace skerry::queue
