#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace skerry::http {

/// Performs tasks side by side on threads: a few at once, and more, up to a limit, when tasks have to wait
/// for those that are held up. Threads that are not needed any more end.
class Threads {
public:
    explicit Threads(std::size_t most) : most_(most) {}
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { finish(); }

    /// Tasks must not throw. Throws Error unavailable, and forgets the task, when the system allows not even
    /// one thread.
    void add(std::function<void()> task);

    /// To be called from time to time while it returns true: tasks are waiting, and those that have waited
    /// for long get more threads.
    bool relieve();
    [[nodiscard]] bool is_crowded();

    /// Performs what has been added and ends the threads. Nothing may be added any more.
    void finish();

private:
    using Own = std::list<std::thread>::iterator;
    struct Task {
        std::int64_t since;
        std::function<void()> work;
    };

    void work(Own own);
    bool rest(std::unique_lock<std::mutex>& guard);
    bool make_thread();
    void join_ended();

    const std::size_t most_;
    std::mutex lock_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    std::size_t resting_ = 0;
    bool finished_ = false;
    std::list<std::thread> threads_;
    std::list<std::thread> ended_; ///< of their own accord, to be joined
};

} // namespace skerry::http
