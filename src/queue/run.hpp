#pragma once

#include "app/app.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"
#include "queue/job_log.hpp"
#include "queue/outcome.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

namespace skerry::queue {

/// What a handler wants to happen together with its job's success.
struct Success {
    std::vector<std::function<void(db::Connection&)>> rows{};
    std::vector<FollowUp> jobs{};
    std::optional<api::Json> result{};
};

/// Why a running job was asked to stop.
enum class Stop { none, cancelled, timeout, shutdown, lost };

/// Thrown by Run::reschedule; no error, so that no handler catches it as one.
struct Rescheduled {
    std::chrono::milliseconds delay{};
};

/// What a handler works with while it performs one attempt at a job. Used on the handler's thread.
/// A handler may be run twice from any point of a crash: it reads the state first and leaves if the work is
/// no longer wanted.
///
/// It returns: the job has succeeded, even when it was asked to stop meanwhile. It throws an Error that
/// another attempt may not meet (see worth_retrying): the job is tried again, until its attempts are used up.
/// It throws another Error: the job is dead at once. What it throws after it was asked to stop is taken as
/// the answer to that: the job ends cancelled, has run out of time, or goes back uncharged to the next
/// worker.
class Run {
public:
    /// `reason` says why it stops, before it does; it outlives the run.
    Run(const App& app, db::Connection& db, const Job& job, std::stop_token stop,
        const std::atomic<Stop>* reason = nullptr);

    const App& app;
    db::Connection& db; ///< this attempt's own
    const Job& job;
    const std::stop_token stop; ///< cancelled, out of time, or the worker shuts down

    [[nodiscard]] Stop stop_reason() const noexcept;
    /// Whether somebody cancelled it, so that nobody will go on with it. From any thread.
    [[nodiscard]] bool is_cancelled() const noexcept { return stop_reason() == Stop::cancelled; }
    /// Throws Error cancelled when stop was requested.
    void throw_if_cancelled() const;
    /// Ends this attempt: the job is performed again after `delay`; nothing is charged.
    [[noreturn]] void reschedule(std::chrono::milliseconds delay) const;
    /// Adds a line to the job's log. Never a secret or a prompt's text. From any thread.
    void log(std::string_view line) const;
    /// Tells how far it is: 0 to 1, and a sentence. Written at most a few times a second, when it changed.
    void progress(double fraction, std::string_view message = {});
    /// Writes what progress() has held back: when the handler has ended.
    void write_progress();
    /// Writes domain rows in one transaction that is refused when another worker holds the job by now.
    /// Rings the bell. Throws Error conflict when refused: let it pass.
    void write(const std::function<void()>& rows) const;
    /// As write(), in a transaction that it shares with others of this process that write at the same moment:
    /// for what is written many times a second. The connection is the one to write on; not `db`.
    void write_with_others(const std::function<void(db::Connection&)>& rows) const;
    /// Rows to be written in the same transaction as this job's success, behind the fence, after perform()
    /// has returned: they are there exactly once, however often the job was performed. The connection is the
    /// worker's, not `db`.
    void commit(std::function<void(db::Connection&)> rows);
    /// What the job is for: kept with it, shown to whoever asks.
    void result(api::Json value);
    /// Adds a job in the transaction of the success, before the follow-ups the job itself was given. The
    /// given follow-ups go behind `jobs`.
    void enqueue_next(std::vector<FollowUp> jobs);

    [[nodiscard]] const Success& success() const noexcept { return success_; }
    /// Where in the job's log the lines of this attempt stand; nothing when it wrote none.
    [[nodiscard]] std::optional<LogSpan> logged() const;

private:
    void require_lease(db::Connection& connection) const;

    const std::atomic<Stop>* reason_;
    Success success_;
    mutable JobLog log_;
    std::string progress_;
    std::string written_progress_;
    std::int64_t progress_after_ = 0; ///< monotonic: not written again before
};

} // namespace skerry::queue
