#pragma once

#include "agent/event.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace skerry::agent {

/// Collects events for a moment, so that a text that comes word by word is told in larger pieces.
class Batch {
public:
    using Clock = std::chrono::steady_clock;
    explicit Batch(std::function<void(std::vector<Event>)> tell) : tell_(std::move(tell)) {}

    void add(Event event);
    /// When what was collected must be told; far away when there is nothing.
    [[nodiscard]] Clock::time_point due() const;
    void tell();

private:
    std::function<void(std::vector<Event>)> tell_;
    std::vector<Event> events_;
    Clock::time_point since_{};
};

} // namespace skerry::agent
