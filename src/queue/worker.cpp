#include "queue/worker.hpp"

#include "queue/claim.hpp"
#include "queue/life.hpp"
#include "queue/running_job.hpp"
#include "queue/take_over.hpp"

#include <algorithm>
#include <limits>
#include <list>
#include <utility>

namespace skerry::queue {
namespace {

constexpr std::string_view the_queue = "default";
constexpr std::int64_t tick = 250;    ///< the net below the bell: a lost ring costs this much
constexpr std::int64_t quiet = 5'000; ///< after which the write-ahead log is cleared away
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// One stretch of work of a worker, from the lock that proves its life to its end.
class Shift {
public:
    Shift(const App& app, const Kinds& kinds, const WorkerOptions& options)
        : options_(options), life_(app.paths), db_(app.paths.database(), db::Role::worker),
          place_{app, kinds, Connections(app.paths.database()), Bell(app.paths.running()), {}}
    {
    }

    Shift(const Shift&) = delete;
    Shift& operator=(const Shift&) = delete;
    ~Shift() { stop_jobs(); }

    void work(const std::stop_token& stop, const std::function<bool(db::Connection&)>& finished)
    {
        while (!stop.stop_requested()) {
            const bool changed = look_after_jobs();
            if (changed || now() >= next_due_) take_jobs();
            if (changed && finished && finished(db_)) break;
            tidy(changed);
            rang_ = place_.bell.wait(time_to_sleep(), stop);
        }
        leave();
    }

private:
    const WorkerOptions options_;
    const Life life_;
    db::Connection db_;
    Workplace place_;
    std::list<RunningJob> jobs_; ///< after what they use
    bool rang_ = true;           ///< the first look is at everything
    std::int64_t version_ = -1;
    Time next_due_ = 0; ///< wall clock
    std::int64_t renew_at_ = monotonic_now() + options_.lease.count() / 3;
    std::int64_t busy_until_ = monotonic_now() + quiet;
    bool tidy_ = false;

    /// Returns whether anything may have changed in the database.
    bool look_after_jobs()
    {
        const auto version = db_.data_version();
        bool changed = std::exchange(version_, version) != version || std::exchange(rang_, false);
        jobs_.remove_if([](const RunningJob& job) { return job.is_over(); });
        // A death changes nothing in the database: this is asked at every tick.
        if (take_over(place_.app.paths, db_, place_.kinds, life_.name()) > 0) changed = true;
        renew_leases();
        if (changed) heed_marks();
        stop_late_jobs();
        return changed;
    }

    void renew_leases()
    {
        if (jobs_.empty() || monotonic_now() < renew_at_) return;
        renew(db_, life_.name(), options_.lease.count());
        renew_at_ = monotonic_now() + options_.lease.count() / 3;
    }

    /// Stops what somebody cancelled, and what was taken away from here.
    void heed_marks()
    {
        if (jobs_.empty()) return;
        const auto held = held_by(db_, life_.name());
        for (auto& job : jobs_) {
            const auto mine = std::find_if(held.begin(), held.end(), [&](const Held& row) {
                return row.id == job.job().id && row.lease == job.job().lease;
            });
            if (mine == held.end())
                job.ask_to_stop(Stop::lost);
            else if (mine->cancel)
                job.ask_to_stop(Stop::cancelled);
        }
    }

    void stop_late_jobs()
    {
        for (auto& job : jobs_)
            if (monotonic_now() >= job.deadline()) job.ask_to_stop(Stop::timeout);
    }

    void take_jobs()
    {
        next_due_ = never;
        const int slots = options_.concurrency - static_cast<int>(jobs_.size());
        if (slots <= 0) return; // a job that ends brings us back here
        if (next_due(db_).value_or(never) <= now() || any_ready(db_, the_queue))
            for (auto& job : claim_jobs(slots)) jobs_.emplace_back(place_, std::move(job));
        next_due_ = next_due(db_).value_or(never);
    }

    std::vector<Job> claim_jobs(int slots)
    {
        const std::scoped_lock lock(place_.writing);
        db::Transaction transaction(db_);
        promote(db_);
        auto jobs = claim(db_, {life_.name(), the_queue, slots, options_.lease.count()}).jobs;
        transaction.commit();
        return jobs;
    }

    /// Clears the write-ahead log away once nothing has happened for a while.
    void tidy(bool changed)
    {
        if (changed || !jobs_.empty()) {
            busy_until_ = monotonic_now() + quiet;
            tidy_ = false;
        } else if (!tidy_ && monotonic_now() >= busy_until_) {
            db_.checkpoint();
            tidy_ = true;
        }
    }

    [[nodiscard]] std::chrono::milliseconds time_to_sleep() const
    {
        auto time = std::min(tick, next_due_ - std::min(next_due_, now()));
        for (const auto& job : jobs_)
            if (!job.was_asked_to_stop()) time = std::min(time, job.deadline() - monotonic_now());
        return std::chrono::milliseconds(std::max<std::int64_t>(time, 0));
    }

    void stop_jobs()
    {
        for (auto& job : jobs_) job.ask_to_stop(Stop::shutdown);
    }

    /// Takes nothing more; lets running jobs end for a while, then asks them to stop, and waits for them.
    void leave()
    {
        const auto patience = monotonic_now() + options_.drain.count();
        next_due_ = never;
        while (!jobs_.empty()) {
            if (monotonic_now() >= patience) stop_jobs();
            rang_ = place_.bell.wait(time_to_sleep());
            look_after_jobs();
        }
    }
};

} // namespace

struct Worker::Parts {
    const App& app;
    const Kinds& kinds;
    WorkerOptions options;
};

Worker::Worker(const App& app, const Kinds& kinds, WorkerOptions options)
    : parts_(std::make_unique<Parts>(Parts{app, kinds, options}))
{
}

Worker::~Worker() = default;

void Worker::work(std::stop_token stop, const std::function<bool(db::Connection&)>& finished)
{
    Shift(parts_->app, parts_->kinds, parts_->options).work(stop, finished);
}

} // namespace skerry::queue
