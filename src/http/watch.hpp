#pragma once

#include "util/descriptor.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace skerry::http {

/// What ends the wait for a server: a stop, at once; the deadline of the whole exchange; too long a silence.
class Watch {
public:
    using Clock = std::chrono::steady_clock;
    enum class Cause { none, stop, deadline, silence };

    /// Throws Error when the kernel has no descriptor left.
    Watch(std::stop_token stop, std::optional<Clock::time_point> deadline, std::chrono::milliseconds silence);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() = default;

    /// Waits until `socket` is ready for `events` (POLLIN, POLLOUT); false when it was ended, for good.
    bool wait(int socket, short events) noexcept;
    [[nodiscard]] Cause cause() const noexcept { return cause_; }

private:
    [[nodiscard]] std::chrono::milliseconds left() const noexcept;
    bool end(Cause cause) noexcept;

    std::optional<Clock::time_point> deadline_;
    std::chrono::milliseconds silence_;
    Cause cause_ = Cause::none;
    Descriptor stopped_; ///< readable from the stop on
    std::stop_callback<std::function<void()>> at_stop_;
};

} // namespace skerry::http
