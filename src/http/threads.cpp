#include "http/threads.hpp"

#include <system_error>
#include <utility>

namespace skerry::http {

bool Threads::add(std::function<void()> task)
{
    const std::lock_guard guard(lock_);
    tasks_.push_back(std::move(task));
    if (resting_ >= tasks_.size()) {
        changed_.notify_one();
        return true;
    }
    return make_thread();
}

bool Threads::make_thread()
{
    if (threads_.size() == most_) return false;
    try {
        threads_.emplace_back([this] { work(); });
        return true;
    } catch (const std::system_error&) { // the sandbox allows no more of them: do with those that are there
        if (threads_.empty()) throw;
        return false;
    }
}

void Threads::work()
{
    std::unique_lock guard(lock_);
    for (;;) {
        ++resting_;
        changed_.wait(guard, [this] { return !tasks_.empty() || finished_; });
        --resting_;
        if (tasks_.empty()) return;
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        guard.unlock();
        task();
        guard.lock();
    }
}

void Threads::finish()
{
    {
        const std::lock_guard guard(lock_);
        finished_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

} // namespace skerry::http
