#pragma once

#include "queue/claim.hpp"
#include "queue/life.hpp"
#include "queue/neighbours.hpp"
#include "queue/pool.hpp"
#include "queue/retention.hpp"
#include "queue/running_job.hpp"
#include "queue/worker.hpp"
#include "util/bell.hpp"
#include "util/ringer.hpp"

#include <functional>
#include <list>
#include <stop_token>

namespace skerry::queue {

/// One stretch of work of a worker, from the lock that proves its life to its end.
///
/// Its thread alone writes claims and ends, on one connection: what ended since the last look and what can be
/// claimed for the slots that became free go into one transaction. A connection whose database others write
/// must forget all it had read; one that writes for all keeps it.
class Shift {
public:
    Shift(const App& app, const Kinds& kinds, const WorkerOptions& options);
    Shift(const Shift&) = delete;
    Shift& operator=(const Shift&) = delete;
    ~Shift();

    /// See Worker::work.
    void work(const std::stop_token& stop, const std::function<bool(db::Connection&)>& finished);

private:
    /// What a look at the world found.
    struct Seen {
        bool changed = false; ///< the database is not as it was left here
        std::vector<RunningJob*> ended{};
    };

    Seen look();
    bool look_around();
    void renew_leases();
    void heed_marks();
    void stop_late_jobs();
    bool write(const Seen& seen);
    void settle(const std::vector<RunningJob*>& ended);
    void feed();
    std::vector<Job> claim_jobs();
    [[nodiscard]] std::vector<QueueRoom> rooms() const;
    [[nodiscard]] int free_slots() const;
    void begin(std::vector<Job> jobs);
    Time next_due();
    void tidy(bool changed);
    void remove_old_jobs();
    [[nodiscard]] bool is_over() const;
    [[nodiscard]] std::chrono::milliseconds time_to_sleep() const;
    void sleep(const std::stop_token& stop);
    void stop_jobs();
    void leave();

    const App& app_;
    const Kinds& kinds_;
    const WorkerOptions options_;
    const Life life_;
    db::Connection db_;
    Bell bell_;
    Ringer others_; ///< rings all bells but ours
    Neighbours neighbours_;
    std::list<RunningJob> jobs_;
    Pool pool_; ///< after what it uses
    std::int64_t version_ = -1;
    bool claims_ = true;              ///< still takes jobs
    bool look_again_ = true;          ///< there may be something to claim
    int begun_ = 0;                   ///< jobs claimed so far
    Time next_due_ = 0;               ///< wall clock
    std::int64_t look_around_at_ = 0; ///< monotonic, as those below
    std::int64_t looked_around_at_ = 0;
    std::int64_t renew_at_;
    std::int64_t quiet_at_;
    bool tidy_ = false;
    std::optional<Retention> retention_; ///< the walk that goes on
    std::int64_t retention_at_ = 0;      ///< when the next one begins
    bool looked_for_logs_ = false;       ///< of jobs that are gone
};

} // namespace skerry::queue
