#pragma once

#include "app/app.hpp"
#include "projects/container_watch.hpp"
#include "queue/worker.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <thread>

namespace skerry::cli {

/// Works the queue, and watches containers, on a thread of its own until it is destroyed; running jobs are
/// then given back.
class LocalWorker {
public:
    /// `failed` is called on that thread when the worker cannot go on.
    LocalWorker(const App& app, queue::WorkerOptions options, std::function<void()> failed);
    /// Throws what ended the worker.
    void rethrow_failure() const;

private:
    projects::ContainerWatch containers_;
    queue::Worker worker_;
    std::exception_ptr failure_;
    std::atomic<bool> has_failed_ = false;
    std::jthread thread_;
};

} // namespace skerry::cli
