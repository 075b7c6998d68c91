#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace skerry::program {

/// Wishes to read the settings again. Any thread; however many come while one is fulfilled count as one.
class Reloads {
public:
    void request();
    /// Waits for a wish and takes it; false at the stop.
    bool wait(const std::stop_token& stop);

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool is_wanted_ = false;
};

} // namespace skerry::program
