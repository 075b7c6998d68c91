#pragma once

#include "app/app.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"
#include "queue/job_store.hpp"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

namespace skerry::queue {

/// What a handler works with while it performs one attempt at a job. Used on the handler's thread.
/// A handler may be run twice from any point of a crash: it reads the state first and leaves if the work is
/// no longer wanted.
class Run {
public:
    Run(const App& app, db::Connection& db, const Job& job, std::stop_token stop);

    const App& app;
    db::Connection& db; ///< this attempt's own
    const Job& job;
    const std::stop_token stop; ///< cancelled, out of time, or the worker shuts down

    /// Throws Error cancelled when stop was requested.
    void throw_if_stopped() const;
    /// Ends this attempt: the job is performed again after `delay`; nothing is charged.
    [[noreturn]] void reschedule(std::chrono::milliseconds delay) const;
    /// Adds a line to the job's log. Never a secret or a prompt's text.
    void say(std::string_view line) const;
    /// Writes domain rows in one transaction that is refused when another worker holds the job by now.
    /// Rings the bell. Throws Error conflict when refused: let it pass.
    void write(const std::function<void()>& rows) const;
    /// To be written in the same transaction as this job's success, after perform() has returned.
    void at_success(std::function<void()> rows);
    /// Adds a job in the transaction of the success, before the follow-ups the job itself was given. The
    /// given follow-ups go behind `then`.
    void continue_with(std::vector<FollowUp> jobs);

private:
    friend class Worker;
    std::vector<std::function<void()>> at_success_;
    std::vector<FollowUp> continuation_;
};

} // namespace skerry::queue
