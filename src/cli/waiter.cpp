#include "cli/waiter.hpp"

#include "cli/local_worker.hpp"
#include "cli/worker_options.hpp"
#include "exec/orphans.hpp"
#include "queue/queue.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

using std::chrono::milliseconds;

Error nobody_works(bool had_worker)
{
    return {Code::unavailable,
            had_worker ? "the worker is gone, and --no-local is given" : "no worker is running",
            {.hint = "start one with 'skerry worker', or leave --no-local out"}};
}

} // namespace

WaitPlan wait_plan(const std::optional<std::string>& timeout, bool local, bool no_local)
{
    if (local && no_local) throw Error(Code::bad_request, "--local and --no-local contradict each other");
    WaitPlan plan;
    if (timeout) plan.timeout = milliseconds(parse_duration(*timeout));
    if (local) plan.where = Where::here;
    if (no_local) plan.where = Where::elsewhere;
    return plan;
}

Waiter::Waiter(Call& call, WaitPlan plan)
    : call_(call), plan_(plan), deadline_(plan.timeout ? monotonic_now() + plan.timeout->count() : 0),
      bell_(call.app().paths.running()), interruption_([this] { bell_.ring_here(); })
{
    if (plan_.where == Where::elsewhere && !queue::worker_is_alive(call_.app().paths))
        throw nobody_works(false);
}

Waiter::~Waiter() = default;

milliseconds Waiter::step(std::int64_t deadline) const
{
    if (deadline == 0) return plan_.beat;
    return std::clamp(milliseconds(deadline - monotonic_now()), milliseconds(0), plan_.beat);
}

void Waiter::keep_working()
{
    if (worker_) return worker_->rethrow_failure();
    if (plan_.where != Where::here && queue::worker_is_alive(call_.app().paths)) {
        had_worker_ = true;
        return;
    }
    if (plan_.where == Where::elsewhere) throw nobody_works(had_worker_);
    if (plan_.where == Where::anywhere)
        call_.terminal.note(had_worker_ ? "the worker is gone: working the queue here"
                                        : "no worker is running: working the queue here");
    exec::end_all_orphans(call_.app().paths, call_.db());
    worker_ = std::make_unique<LocalWorker>(call_.app(), worker_options(call_.app().settings),
                                            [this] { bell_.ring_here(); });
}

Waiter::End Waiter::until(const std::function<bool()>& done)
{
    while (true) {
        if (done()) return End::done;
        if (interruption_.signal() != 0) return End::interrupted;
        if (deadline_ != 0 && monotonic_now() >= deadline_) return End::late;
        keep_working();
        bell_.wait(step(deadline_));
    }
}

bool Waiter::pressed_again(milliseconds time)
{
    const auto deadline = monotonic_now() + time.count();
    while (interruption_.presses() < 2 && monotonic_now() < deadline) bell_.wait(step(deadline));
    return interruption_.presses() >= 2;
}

bool Waiter::settle(const std::function<bool()>& done, milliseconds time)
{
    const auto deadline = monotonic_now() + time.count();
    const auto presses = interruption_.presses();
    while (!done()) {
        if (monotonic_now() >= deadline || interruption_.presses() > presses) return false;
        if (worker_) worker_->rethrow_failure();
        bell_.wait(step(deadline));
    }
    return true;
}

} // namespace skerry::cli
