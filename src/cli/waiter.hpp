#pragma once

#include "cli/call.hpp"
#include "cli/interruption.hpp"
#include "util/bell.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace skerry::cli {

class LocalWorker;

/// Who performs what is waited for.
enum class Where {
    anywhere, ///< a worker that runs, else this process
    here,     ///< this process, even if a worker runs
    elsewhere ///< only a worker that runs
};

struct WaitPlan {
    std::optional<std::chrono::milliseconds> timeout{};
    Where where = Where::anywhere;
    std::chrono::milliseconds beat{250}; ///< how long a lost ring or the death of a worker stays unseen
};

/// From --timeout, --local, --no-local. Throws Error bad_request.
WaitPlan wait_plan(const std::optional<std::string>& timeout, bool local, bool no_local);

/// Waits for what the queue does, and performs it in this process when nobody else does (any more).
/// To be made before any other thread is started.
class Waiter {
public:
    enum class End { done, late, interrupted };

    /// Throws Error unavailable when nobody may perform anything (--no-local and no worker).
    Waiter(Call& call, WaitPlan plan);
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter();

    /// Until `done` says so (asked after every change), the time is over or a signal came. Throws what `done`
    /// throws, and Error when no work can be done any more.
    End until(const std::function<bool()>& done);
    /// After an interruption by Ctrl-C: whether it is pressed again within `time`, while the work goes on.
    bool pressed_again(std::chrono::milliseconds time);
    /// As until, whatever signals came before, for at most `time`; another Ctrl-C ends it.
    bool settle(const std::function<bool()>& done, std::chrono::milliseconds time);

    [[nodiscard]] bool works_here() const noexcept { return worker_ != nullptr; }
    /// The signal that interrupted.
    [[nodiscard]] int signal() const noexcept { return interruption_.signal(); }

private:
    void keep_working();
    [[nodiscard]] std::chrono::milliseconds step(std::int64_t deadline) const;

    Call& call_;
    WaitPlan plan_;
    std::int64_t deadline_; ///< of the monotonic clock; 0: none
    Bell bell_;
    Interruption interruption_;
    std::unique_ptr<LocalWorker> worker_;
    bool had_worker_ = false;
};

} // namespace skerry::cli
