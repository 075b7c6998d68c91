#pragma once

#include "app/app.hpp"
#include "queue/connections.hpp"
#include "queue/kind.hpp"
#include "queue/perform.hpp"
#include "util/bell.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

namespace skerry::queue {

/// What the jobs of one worker share. Outlives them.
struct Workplace {
    const App& app;
    const Kinds& kinds;
    Connections connections;
    Bell bell;          ///< rung when a job has ended
    std::mutex writing; ///< SQLite lets one write and the others sleep: within the process they queue up here
};

/// One attempt at one job, on a thread of its own, from its claim to its end in the database.
class RunningJob {
public:
    RunningJob(Workplace& place, Job job);
    RunningJob(const RunningJob&) = delete;
    RunningJob& operator=(const RunningJob&) = delete;
    /// Asks it to stop and waits for it.
    ~RunningJob();

    [[nodiscard]] const Job& job() const noexcept { return job_; }
    /// When it has run out of time, on the monotonic clock.
    [[nodiscard]] std::int64_t deadline() const noexcept { return deadline_; }
    /// The first reason counts.
    void ask_to_stop(Stop reason);
    [[nodiscard]] bool was_asked_to_stop() const { return reason_ != Stop::none; }
    /// Whether it has ended and what it did is written. Throws what kept it from being written.
    [[nodiscard]] bool is_over() const;

private:
    void work(const std::stop_token& stop) noexcept;
    void attempt(const std::stop_token& stop);
    std::optional<State> write(db::Connection& db, const Outcome& outcome, const Success& success);

    Workplace& place_;
    const Job job_;
    const Kind* kind_;
    const std::int64_t deadline_;
    std::atomic<Stop> reason_ = Stop::none;
    std::atomic<bool> over_ = false;
    std::exception_ptr fault_; ///< read after over_
    std::jthread thread_;      ///< last: it uses the others
};

} // namespace skerry::queue
