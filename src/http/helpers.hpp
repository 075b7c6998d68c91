#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace skerry::http {

/// Threads that help another one with what is to be done for each of many things.
class Helpers {
public:
    /// Fewer, also none, when the system allows no more.
    explicit Helpers(std::size_t count) noexcept;
    Helpers(const Helpers&) = delete;
    Helpers& operator=(const Helpers&) = delete;
    ~Helpers();

    /// Does `work` once for each number below `count`, on this thread and on the helpers, and returns when
    /// all is done. It does not wait for helpers that have not begun. For one thread at a time; `work` must
    /// not throw.
    void for_each(std::size_t count, const std::function<void(std::size_t)>& work);

private:
    struct Job {
        const std::function<void(std::size_t)>* work = nullptr;
        std::size_t count = 0;
        std::size_t next = 0;
    };

    void help();
    void take_part(std::unique_lock<std::mutex>& guard);

    std::mutex lock_;
    std::condition_variable begun_;
    std::condition_variable done_;
    Job job_;
    std::size_t at_work_ = 0; ///< helpers
    bool finished_ = false;
    std::vector<std::thread> threads_;
};

} // namespace skerry::http
