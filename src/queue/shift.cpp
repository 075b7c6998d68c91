#include "queue/shift.hpp"

#include "queue/take_over.hpp"
#include "queue/worker_record.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace skerry::queue {
namespace {

constexpr std::int64_t tick = 250;                ///< the net below the bell: a lost ring costs this much
constexpr std::int64_t look_around_pause = 1'000; ///< where nothing happens; else it is a tick
constexpr std::int64_t quiet = 5'000;             ///< after which the write-ahead log is cleared away
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

} // namespace

Shift::Shift(const App& app, const Kinds& kinds, const WorkerOptions& options)
    : app_(app), kinds_(kinds), options_(options), life_(app.paths),
      db_(app.paths.database(), db::Role::worker), bell_(app.paths.running()), others_(app.paths.running()),
      neighbours_(app.paths), pool_(app, static_cast<std::size_t>(options.concurrency), bell_),
      renew_at_(monotonic_now() + options.lease.count() / 3), quiet_at_(monotonic_now() + quiet),
      retention_at_(monotonic_now() + quiet)
{
    record_begin(db_, app.paths, life_.name(), options);
}

Shift::~Shift()
{
    stop_jobs();
    try {
        record_end(db_, life_.name());
    } catch (const Error&) { // whoever looks next finds its lock free
        claims_ = false;
    }
}

void Shift::work(const std::stop_token& stop, const std::function<bool(db::Connection&)>& finished)
{
    while (!stop.stop_requested()) {
        const auto seen = look();
        const bool wrote = write(seen);
        if ((seen.changed || wrote) && finished && finished(db_)) break;
        if (is_over()) break;
        tidy(seen.changed || wrote);
        sleep(stop);
    }
    leave();
}

Shift::Seen Shift::look()
{
    Seen seen{.ended = pool_.take_ended()};
    const auto version = db_.data_version();
    seen.changed = std::exchange(version_, version) != version;
    if (seen.changed) look_around_at_ = std::min(look_around_at_, looked_around_at_ + tick);
    if (monotonic_now() >= look_around_at_ && look_around()) seen.changed = true;
    renew_leases();
    if (seen.changed) heed_marks();
    stop_late_jobs();
    look_again_ = look_again_ || seen.changed;
    return seen;
}

/// For what no ring tells of: the deaths of others, leases that run out. Returns whether there may be
/// more to do.
bool Shift::look_around()
{
    neighbours_.look();
    const bool took = take_over(app_.paths, db_, kinds_, life_.name()) > 0;
    const bool returned = rejoin(db_);
    looked_around_at_ = monotonic_now();
    look_around_at_ = looked_around_at_ + (jobs_.empty() ? look_around_pause : tick);
    return took || returned;
}

void Shift::renew_leases()
{
    if (jobs_.empty() || monotonic_now() < renew_at_) return;
    renew(db_, life_.name(), options_.lease.count());
    renew_at_ = monotonic_now() + options_.lease.count() / 3;
}

/// Stops what somebody cancelled, and what was taken away from here.
void Shift::heed_marks()
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

void Shift::stop_late_jobs()
{
    for (auto& job : jobs_)
        if (monotonic_now() >= job.deadline()) job.ask_to_stop(Stop::timeout);
}

/// Ends and claims in one transaction. Returns whether there was anything to write.
bool Shift::write(const Seen& seen)
{
    // What is due by the clock is added also when no slot is free: noticed late, it would count as missed.
    const bool due = claims_ && now() >= next_due_;
    const bool claims = claims_ && (due || look_again_ || !seen.ended.empty()) &&
                        free_slots() + static_cast<int>(seen.ended.size()) > 0;
    if (seen.ended.empty() && !due && (!claims || !any_ready(db_))) {
        if (claims) look_again_ = false;
        if (claims || seen.changed) next_due_ = next_due();
        return false;
    }
    std::vector<Job> jobs;
    {
        db::Transaction transaction(db_);
        settle(seen.ended);
        if (due) feed();
        if (claims) jobs = claim_jobs();
        transaction.commit();
    }
    const bool wrote = !seen.ended.empty() || !jobs.empty();
    begin(std::move(jobs));
    if (wrote) others_.ring(bell_.name());
    next_due_ = next_due();
    return wrote;
}

void Shift::settle(const std::vector<RunningJob*>& ended)
{
    for (auto* job : ended) job->settle(db_, app_.paths, kinds_);
    jobs_.remove_if(
        [&](const RunningJob& job) { return std::find(ended.begin(), ended.end(), &job) != ended.end(); });
}

void Shift::feed()
{
    for (const auto& feeder : kinds_.feeders)
        if (feeder.next(app_, db_).value_or(never) <= now()) feeder.feed(app_, db_, now());
    promote(db_);
}

std::vector<Job> Shift::claim_jobs()
{
    auto claimed = claim(db_, {.worker = life_.name(),
                               .slots = free_slots(),
                               .queues = rooms(),
                               .kinds = options_.kinds,
                               .lease = options_.lease.count()});
    look_again_ = claimed.more || !claimed.jobs.empty(); // as long as something is found, there may be more
    return std::move(claimed.jobs);
}

std::vector<QueueRoom> Shift::rooms() const
{
    std::vector<QueueRoom> rooms;
    for (const auto& queue : options_.queues) {
        const auto most = queue.concurrency != 0 ? queue.concurrency : options_.concurrency;
        const auto busy = std::count_if(jobs_.begin(), jobs_.end(),
                                        [&](const RunningJob& job) { return job.job().queue == queue.name; });
        rooms.push_back({queue.name, most - static_cast<int>(busy)});
    }
    return rooms;
}

int Shift::free_slots() const
{
    const auto slots = options_.concurrency - static_cast<int>(jobs_.size());
    return options_.most ? std::min(slots, *options_.most - begun_) : slots;
}

void Shift::begin(std::vector<Job> jobs)
{
    std::vector<RunningJob*> begun;
    for (auto& job : jobs) begun.push_back(&jobs_.emplace_back(kinds_, std::move(job)));
    begun_ += static_cast<int>(begun.size());
    pool_.perform(begun);
}

Time Shift::next_due()
{
    auto next = queue::next_due(db_).value_or(never);
    for (const auto& feeder : kinds_.feeders) next = std::min(next, feeder.next(app_, db_).value_or(never));
    return next;
}

/// Clears the write-ahead log away once nothing has happened for a while.
void Shift::tidy(bool changed)
{
    if (changed || !jobs_.empty()) {
        quiet_at_ = monotonic_now() + quiet;
        tidy_ = false;
    } else if (!tidy_ && monotonic_now() >= quiet_at_) {
        db_.checkpoint();
        tidy_ = true;
    }
    remove_old_jobs();
}

/// A step at a tick, so that nobody waits; a new walk over all finished jobs some minutes after the last.
void Shift::remove_old_jobs()
{
    constexpr std::int64_t pause = 5LL * 60 * 1000;
    if (!retention_) {
        if (monotonic_now() < retention_at_ || !jobs_.empty()) return;
        retention_.emplace(app_.paths, keep_rules(app_.settings));
    }
    if (monotonic_now() < retention_at_) return;
    retention_->step(db_, now());
    retention_at_ = monotonic_now() + tick;
    if (!retention_->is_done()) return;
    retention_.reset();
    retention_at_ = monotonic_now() + pause;
    if (!std::exchange(looked_for_logs_, true)) remove_orphaned_logs(app_.paths, db_);
}

/// Whether it has done all that it was to do.
bool Shift::is_over() const
{
    return options_.most && jobs_.empty() && (begun_ >= *options_.most || !look_again_);
}

std::chrono::milliseconds Shift::time_to_sleep() const
{
    if (look_again_ && claims_ && free_slots() > 0) return {};
    auto time = std::clamp<std::int64_t>(look_around_at_ - monotonic_now(), 0, tick);
    if (claims_) time = std::min(time, next_due_ - std::min(next_due_, now()));
    for (const auto& job : jobs_)
        if (!job.was_asked_to_stop())
            time = std::min(time, std::max<std::int64_t>(job.deadline() - monotonic_now(), 0));
    return std::chrono::milliseconds(time);
}

void Shift::sleep(const std::stop_token& stop)
{
    if (bell_.wait(time_to_sleep(), stop, neighbours_.descriptors()) && neighbours_.any_died())
        look_around_at_ = 0;
}

void Shift::stop_jobs()
{
    for (auto& job : jobs_) job.ask_to_stop(Stop::shutdown);
}

/// Takes nothing more; lets running jobs end for a while, then asks them to stop, and waits for them.
void Shift::leave()
{
    const auto patience = monotonic_now() + options_.drain.count();
    claims_ = false;
    while (!jobs_.empty()) {
        if (monotonic_now() >= patience) stop_jobs();
        write(look());
        if (!jobs_.empty()) sleep({});
    }
}

} // namespace skerry::queue
