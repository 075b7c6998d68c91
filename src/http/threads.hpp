#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace skerry::http {

/// Performs tasks side by side on threads that are made as they are needed, up to a limit.
class Threads {
public:
    explicit Threads(std::size_t most) : most_(most) {}
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() { finish(); }

    /// False when every thread is taken and the task has to wait for one. Tasks must not throw.
    bool add(std::function<void()> task);

    /// Performs what has been added and ends the threads. Nothing may be added any more.
    void finish();

private:
    void work();
    bool make_thread();

    const std::size_t most_;
    std::mutex lock_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    std::size_t resting_ = 0;
    bool finished_ = false;
    std::vector<std::thread> threads_;
};

} // namespace skerry::http
