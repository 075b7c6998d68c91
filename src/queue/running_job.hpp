#pragma once

#include "app/app.hpp"
#include "queue/kind.hpp"
#include "queue/perform.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <stop_token>

namespace skerry::queue {

/// One attempt at one job, from its claim to its end in the database. The worker owns it; a thread of its
/// pool performs it.
class RunningJob {
public:
    RunningJob(const Kinds& kinds, Job job);
    RunningJob(const RunningJob&) = delete;
    RunningJob& operator=(const RunningJob&) = delete;
    ~RunningJob() = default;

    [[nodiscard]] const Job& job() const noexcept { return job_; }
    /// When it has run out of time, on the monotonic clock.
    [[nodiscard]] std::int64_t deadline() const noexcept { return deadline_; }
    /// The first reason counts. From any thread.
    void ask_to_stop(Stop reason);
    [[nodiscard]] bool was_asked_to_stop() const { return reason_ != Stop::none; }

    /// Calls the handler, on this thread. Throws nothing.
    void perform(const App& app, db::Connection& db);

    /// After perform(): writes how it ended, in the caller's transaction. What was to be written with its
    /// success but cannot be makes it a failure. Nothing when the job was taken away meanwhile.
    std::optional<State> settle(db::Connection& db, const Paths& paths, const Kinds& kinds);

private:
    std::optional<State> settle_success(db::Connection& db, const Kinds& kinds);
    std::optional<State> settle_rest(db::Connection& db, const Paths& paths, const Kinds& kinds);

    const Job job_;
    const Kind* kind_;
    const std::int64_t deadline_;
    std::stop_source stop_;
    std::atomic<Stop> reason_ = Stop::none;
    Outcome outcome_;
    Success success_;
};

} // namespace skerry::queue
