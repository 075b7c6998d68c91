#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace skerry::auth {

/// Computes hashes on a few threads of its own, which leave the processor to others that want it. Some hashes
/// may wait; the rest is sent away, so that only so many of those who ask are ever held up. Any thread.
class HashThreads {
public:
    /// The threads are made as they are needed.
    HashThreads(std::size_t at_once, std::size_t most_waiting)
        : at_once_(at_once), most_waiting_(most_waiting)
    {
    }
    HashThreads(const HashThreads&) = delete;
    HashThreads& operator=(const HashThreads&) = delete;
    ~HashThreads(); ///< nobody may be waiting any more

    /// What `work` gives, or throws. Throws RetryLater unavailable when too many wait already.
    std::string perform(std::function<std::string()> work);
    [[nodiscard]] std::size_t waiting();

private:
    using Task = std::packaged_task<std::string()>;

    class Asking;
    std::future<std::string> add(Task task);
    void run();

    const std::size_t at_once_;
    const std::size_t most_waiting_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_; ///< that no thread has begun
    std::size_t inside_ = 0; ///< who ask: each until it has its answer, and may ask again at once
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

} // namespace skerry::auth
