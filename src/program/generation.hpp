#pragma once

#include "program/open.hpp"
#include "queue/worker.hpp"
#include "web/site.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace skerry::program {

/// The data folder in use, as the settings say that it is to be used.
struct Configured {
    std::unique_ptr<Opened> opened{};
    std::optional<queue::WorkerOptions> worker{}; ///< absent: jobs are performed elsewhere
};

/// What one server has for as long as it listens, however often the settings are read.
struct Lasting {
    web::SiteOptions options;
    db::Pool& connections;
    http::Hub& hub;
    web::EventTail& tail;
    web::Metrics& metrics;
    std::function<void(std::exception_ptr)> failed; ///< told by a worker that cannot go on, on its thread
};

/// What answers and works from one reading of the settings to the next. Requests keep theirs until they are
/// answered.
class Generation {
public:
    Generation(Configured configured, const Lasting& lasting);
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;
    ~Generation() = default; ///< stops the worker and waits for it

    [[nodiscard]] web::Site& site() noexcept { return site_; }
    [[nodiscard]] db::Connection& db() noexcept { return configured_.opened->db; }
    /// Performs jobs, where it is to do so, on a thread of its own.
    void start_worker();
    /// Returns when running jobs have been given back.
    void stop_worker();

private:
    Configured configured_;
    web::Site site_;
    std::function<void(std::exception_ptr)> failed_;
    std::jthread worker_;
};

/// The generation that answers now. Any thread.
class Newest {
public:
    [[nodiscard]] std::shared_ptr<Generation> get() const;
    void set(std::shared_ptr<Generation> generation);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<Generation> generation_;
};

} // namespace skerry::program
