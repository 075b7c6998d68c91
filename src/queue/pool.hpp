#pragma once

#include "queue/running_job.hpp"
#include "util/bell.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace skerry::queue {

/// The threads on which the jobs of one worker run, each with a connection of its own. They start when there
/// is work for them, at most one for each slot, and stay.
class Pool {
public:
    /// `bell` is rung here when jobs have ended. All outlive the pool.
    Pool(const App& app, std::size_t most_threads, Bell& bell);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    /// Waits for what still runs: it should have been asked to stop.
    ~Pool();

    /// Has them performed. They stay the caller's and outlive the pool, or come back by take_ended().
    void perform(const std::vector<RunningJob*>& jobs);
    /// Those that ended since the last call. Throws what kept a thread from working.
    std::vector<RunningJob*> take_ended();

private:
    void work() noexcept;
    void serve();
    RunningJob* next(std::unique_lock<std::mutex>& lock);
    void ended(RunningJob* job);
    void ring();
    void wake_one();

    const App& app_;
    const std::size_t most_threads_;
    Bell& bell_;
    std::mutex mutex_; ///< guards all below
    std::condition_variable work_;
    std::deque<RunningJob*> waiting_;
    std::vector<RunningJob*> ended_;
    std::exception_ptr fault_;
    std::size_t idle_ = 0;
    bool waking_ = false; ///< a thread is on its way to `waiting_`
    bool rung_ = false;   ///< the bell was rung for `ended_`
    bool closed_ = false;
    std::vector<std::jthread> threads_; ///< last: they use the others
};

} // namespace skerry::queue
