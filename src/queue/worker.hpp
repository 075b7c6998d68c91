#pragma once

#include "app/app.hpp"
#include "queue/kind.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace skerry::db {
class Connection;
}

namespace skerry::queue {

struct WorkerOptions {
    int concurrency = 8;
    std::chrono::milliseconds lease =
        std::chrono::minutes(1);        ///< how long it may hang before others take over
    std::chrono::milliseconds drain{0}; ///< at stop: how long running jobs may still finish
};

/// Performs jobs: claims as many as it has free slots, each on a thread of its own with a connection of its
/// own, renews their leases, passes cancels on, takes over from dead workers.
class Worker {
public:
    Worker(const App& app, const Kinds& kinds, WorkerOptions options);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Until stop, or until `finished` (asked after every change, with the worker's own connection) says so.
    /// Running jobs are then asked to stop and released without charge. The schema must be up to date.
    /// Throws Error when the database fails it (a full disk): its jobs were asked to stop, and the next
    /// worker takes over what could not be written.
    void work(std::stop_token stop, const std::function<bool(db::Connection&)>& finished = {});

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace skerry::queue
