#pragma once

#include "runtime/runtime.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace skerry::runtime {

constexpr std::chrono::milliseconds farewell_timeout = std::chrono::seconds(2);

/// Says farewell to a service on a thread of its own, within `farewell_timeout`. The destructor breaks it
/// off.
class FarewellCall {
public:
    FarewellCall(int port, Farewell farewell);

    [[nodiscard]] bool is_done() const noexcept { return done_; }
    /// How it went: "HTTP 200" or what went wrong. Only once done.
    [[nodiscard]] const std::string& outcome() const noexcept { return outcome_; }

private:
    std::string outcome_;
    std::atomic<bool> done_ = false;
    std::jthread thread_; ///< last: it is joined before the rest goes
};

} // namespace skerry::runtime
