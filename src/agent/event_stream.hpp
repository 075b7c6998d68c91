#pragma once

#include "agent/client.hpp"
#include "agent/frames.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace skerry::agent {

/// Hears an agent's event stream on a thread of its own, and connects again when it ends, breaks or falls
/// silent. What it says may have gaps wherever it says `connected`.
class EventStream {
public:
    struct News {
        bool connected = false; ///< from here on nothing is missed; what was between is lost
        bool ended = false;     ///< or could not begin: nothing until it is connected
        api::Json event{};
    };

    explicit EventStream(Address address);
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;
    /// Ends the thread at once.
    ~EventStream() = default;

    /// What has come since the last call; waits for some until `until`, or until stop.
    std::vector<News> wait(std::chrono::steady_clock::time_point until, const std::stop_token& stop);
    /// Whether it is connected now.
    [[nodiscard]] bool connected();

private:
    void listen(const std::stop_token& stop);
    void hear(const std::stop_token& stop);
    void take(std::string_view data);
    void say_ended();

    Address address_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<News> news_;
    std::size_t waiting_bytes_ = 0;
    bool connected_ = false;
    std::jthread thread_; // the last: it uses the others
};

} // namespace skerry::agent
