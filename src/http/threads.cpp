#include "http/threads.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace skerry::http {
namespace {

constexpr std::size_t at_once = 16;         // threads that are made without thinking twice
constexpr std::int64_t longest_waiting = 5; // ms; a task that waits longer finds all threads held up
constexpr auto longest_rest = std::chrono::seconds(10);

} // namespace

void Threads::add(std::function<void()> task)
{
    join_ended();
    const std::lock_guard guard(lock_);
    tasks_.push_back({monotonic_now(), std::move(task)});
    if (resting_ >= tasks_.size() || threads_.size() >= at_once)
        changed_.notify_one();
    else
        make_thread();
    if (!threads_.empty()) return;
    tasks_.clear();
    throw Error(Code::unavailable, "the system allows no more threads");
}

bool Threads::relieve()
{
    join_ended();
    const std::lock_guard guard(lock_);
    const auto late = monotonic_now() - longest_waiting;
    const auto waiting = static_cast<std::size_t>(
        std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& task) { return task.since <= late; }));
    auto more = std::min(waiting - std::min(waiting, resting_), 1 + threads_.size() / 4);
    while (more > 0 && make_thread()) --more;
    return !tasks_.empty();
}

bool Threads::is_crowded()
{
    const std::lock_guard guard(lock_);
    return !tasks_.empty();
}

bool Threads::make_thread()
{
    if (threads_.size() >= most_) return false;
    const auto own = threads_.emplace(threads_.end());
    try {
        *own = std::thread([this, own] { work(own); });
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
        guard.unlock();
        task();
        guard.lock();
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
    std::list<std::thread> ended;
    {
        const std::lock_guard guard(lock_);
        ended.swap(ended_);
    }
    for (auto& thread : ended) thread.join();
}

void Threads::finish()
{
    {
        const std::lock_guard guard(lock_);
        finished_ = true;
    }
    changed_.notify_all();
    join_ended();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

} // namespace skerry::http
