#pragma once

#include <chrono>
#include <poll.h>
#include <span>

namespace skerry {

/// A moment by the monotonic clock until which is waited for files.
class Deadline {
public:
    /// Less than nothing is now; more than a year is a year.
    explicit Deadline(std::chrono::milliseconds from_now) noexcept;

    [[nodiscard]] bool over() const noexcept;

    /// Waits until one of `files` is ready (see poll(2)); false when the time is over first. A file that is
    /// ready counts also when the time is over already; a signal in between does not. Throws Error.
    [[nodiscard]] bool wait(std::span<pollfd> files) const;

private:
    std::chrono::steady_clock::time_point moment_;
};

} // namespace skerry
