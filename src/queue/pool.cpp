#include "queue/pool.hpp"

#include "db/connection.hpp"
#include "util/clock.hpp"

#include <optional>
#include <utility>

namespace skerry::queue {

Pool::Pool(const App& app, std::size_t most_threads, Bell& bell)
    : app_(app), most_threads_(most_threads), bell_(bell)
{
}

Pool::~Pool()
{
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    work_.notify_all();
}

void Pool::perform(const std::vector<RunningJob*>& jobs)
{
    if (jobs.empty()) return;
    const std::scoped_lock lock(mutex_);
    waiting_.insert(waiting_.end(), jobs.begin(), jobs.end());
    wake_one();
}

std::vector<RunningJob*> Pool::take_ended()
{
    const std::scoped_lock lock(mutex_);
    if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
    rung_ = false;
    return std::exchange(ended_, {});
}

/// One at a time: a thread that finds more than its own job to do wakes the next. Jobs that last no time are
/// then done by few threads, without waking one for each. With the lock held.
void Pool::wake_one()
{
    if (waking_ || waiting_.empty()) return;
    if (idle_ > 0)
        work_.notify_one();
    else if (threads_.size() < most_threads_)
        threads_.emplace_back([this] { work(); });
    else
        return; // all are busy, and come by when they are done
    waking_ = true;
}

void Pool::work() noexcept
{
    try {
        serve();
    } catch (...) { // take_ended() passes it on to the worker
        const std::scoped_lock lock(mutex_);
        fault_ = std::current_exception();
        waking_ = false;
    }
    bell_.ring_here();
}

void Pool::serve()
{
    std::optional<db::Connection> db(std::in_place, app_.paths.database(), db::Role::worker);
    std::unique_lock lock(mutex_);
    waking_ = false;
    while (auto* job = next(lock)) {
        wake_one();
        lock.unlock();
        job->perform(app_, *db);
        if (db->in_transaction()) // a handler left it in disorder
            db.emplace(app_.paths.database(), db::Role::worker);
        lock.lock();
        ended(job);
    }
}

/// Null when the pool closes.
RunningJob* Pool::next(std::unique_lock<std::mutex>& lock)
{
    while (waiting_.empty() && !closed_) {
        ++idle_;
        work_.wait(lock);
        --idle_;
        waking_ = false;
    }
    if (waiting_.empty()) return nullptr;
    auto* job = waiting_.front();
    waiting_.pop_front();
    if (waiting_.empty() && !ended_.empty()) ring(); // this one may take long
    return job;
}

/// What ends while more is about to end is written with it, in one transaction. With the lock held.
void Pool::ended(RunningJob* job)
{
    ended_.push_back(job);
    if (waiting_.empty()) ring();
}

void Pool::ring()
{
    if (rung_) return;
    rung_ = true;
    bell_.ring_here();
}

} // namespace skerry::queue
