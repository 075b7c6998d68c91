#include "http/threads.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace skerry::http {
namespace {

constexpr std::size_t at_once = 16;         // threads that are not held up
constexpr std::int64_t longest_waiting = 5; // ms; a task that waits longer looks for more threads
constexpr std::int64_t longest_work = 20;   // ms; a task that takes longer holds its thread up
constexpr auto longest_rest = std::chrono::seconds(10);

} // namespace

bool Threads::add(std::function<void()> task)
{
    join_ended();
    const std::lock_guard guard(lock_);
    if (tasks_.size() >= most_waiting_) return false;
    tasks_.push_back({monotonic_now(), std::move(task)});
    if (resting_ >= tasks_.size() || threads_.size() >= at_once)
        changed_.notify_one();
    else
        make_thread();
    if (!threads_.empty()) return true;
    tasks_.clear();
    throw Error(Code::unavailable, "the system allows no more threads");
}

bool Threads::relieve()
{
    join_ended();
    const std::lock_guard guard(lock_);
    const auto now = monotonic_now();
    const bool is_late = !tasks_.empty() && tasks_.front().since + longest_waiting <= now;
    if (is_late)
        for (const auto wanted = at_once + held_up(now); threads_.size() < wanted && make_thread();) {
        }
    return !tasks_.empty();
}

bool Threads::is_crowded()
{
    const std::lock_guard guard(lock_);
    return !tasks_.empty();
}

std::size_t Threads::held_up(std::int64_t now) const
{
    return static_cast<std::size_t>(
        std::count_if(threads_.begin(), threads_.end(), [now](const Thread& thread) {
            return thread.busy_since != 0 && thread.busy_since + longest_work <= now;
        }));
}

bool Threads::make_thread()
{
    if (threads_.size() >= most_) return false;
    const auto own = threads_.emplace(threads_.end());
    try {
        own->thread = std::thread([this, own] { work(own); });
        return true;
    } catch (const std::system_error&) { // the sandbox allows no more of them: do with those that are there
        threads_.erase(own);
        return false;
    }
}

void Threads::work(Own own)
{
    std::unique_lock guard(lock_);
    while (rest(guard)) {
        const auto task = std::move(tasks_.front().work);
        tasks_.pop_front();
        own->busy_since = monotonic_now();
        guard.unlock();
        task();
        guard.lock();
        own->busy_since = 0;
    }
    if (!finished_) ended_.splice(ended_.end(), threads_, own);
}

/// Whether there is a task; else the thread is to end.
bool Threads::rest(std::unique_lock<std::mutex>& guard)
{
    const auto has_news = [this] { return !tasks_.empty() || finished_; };
    ++resting_;
    while (!changed_.wait_for(guard, longest_rest, has_news))
        if (threads_.size() > at_once) break;
    --resting_;
    return !tasks_.empty();
}

void Threads::join_ended()
{
    std::list<Thread> ended;
    {
        const std::lock_guard guard(lock_);
        ended.swap(ended_);
    }
    for (auto& one : ended) one.thread.join();
}

void Threads::finish()
{
    {
        const std::lock_guard guard(lock_);
        finished_ = true;
    }
    changed_.notify_all();
    join_ended();
    for (auto& one : threads_) one.thread.join();
    threads_.clear();
}

} // namespace skerry::http
