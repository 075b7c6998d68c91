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

/// Performs tasks side by side on threads: a few at once, and one more, up to a limit, for each that is held
/// up while tasks wait. More than that would only take the processor from each other. Threads that are not
/// needed any more end.
class Threads {
public:
    Threads(std::size_t most, std::size_t most_waiting) : most_(most), most_waiting_(most_waiting) {}
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { finish(); }

    /// Tasks must not throw. False, and the task is forgotten, when too many wait already. Throws Error
    /// unavailable, and forgets it too, when the system allows not even one thread.
    bool add(std::function<void()> task);

    /// To be called from time to time while it returns true: tasks are waiting, and get more threads in place
    /// of those that are held up.
    bool relieve();
    [[nodiscard]] bool is_crowded();

    /// Performs what has been added and ends the threads. Nothing may be added any more.
    void finish();

private:
    struct Thread {
        std::thread thread;
        std::int64_t busy_since = 0; ///< 0: it rests
    };
    using Own = std::list<Thread>::iterator;
    struct Task {
        std::int64_t since;
        std::function<void()> work;
    };

    void work(Own own);
    bool rest(std::unique_lock<std::mutex>& guard);
    [[nodiscard]] std::size_t held_up(std::int64_t now) const;
    bool make_thread();
    void join_ended();

    const std::size_t most_;
    const std::size_t most_waiting_; ///< tasks
    std::mutex lock_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    std::size_t resting_ = 0;
    bool finished_ = false;
    std::list<Thread> threads_;
    std::list<Thread> ended_; ///< of their own accord, to be joined
};

} // namespace skerry::http
