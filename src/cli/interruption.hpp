#pragma once

#include "util/descriptor.hpp"

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace skerry::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into numbers to look at. To be made before any other thread is started,
/// since the signals are blocked in all of them; what they did before is restored in the destructor.
class Interruption {
public:
    /// `wake` is called on a thread of its own after each signal.
    explicit Interruption(std::function<void()> wake);
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption();

    /// How often Ctrl-C was pressed.
    [[nodiscard]] int presses() const noexcept { return presses_.load(); }
    /// The signal that asks us to go: SIGTERM or SIGHUP at once, SIGINT after a press; 0 when there was none.
    [[nodiscard]] int signal() const noexcept { return signal_.load(); }

private:
    void listen();

    std::function<void()> wake_;
    sigset_t before_{};
    Descriptor signals_;
    Descriptor end_;
    std::atomic<int> presses_ = 0;
    std::atomic<int> signal_ = 0;
    std::jthread thread_;
};

} // namespace skerry::cli
