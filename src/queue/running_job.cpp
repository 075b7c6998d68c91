#include "queue/running_job.hpp"

#include "queue/job_log.hpp"
#include "queue/settle.hpp"
#include "util/log.hpp"

#include <utility>

namespace skerry::queue {
namespace {

std::int64_t end_of_time(const Kind* kind)
{
    return monotonic_now() + (kind != nullptr ? kind->policy.timeout : Policy{}.timeout).count();
}

/// What went wrong, for the job's log.
void tell_log(const Paths& paths, const Job& job, State state, const Outcome& outcome)
{
    if (!outcome.reason) return;
    append_to_job_log(paths, job.id,
                      "attempt " + std::to_string(job.attempt) + " of " + std::to_string(job.max_attempts) +
                          " " + std::string(name_of(outcome.way)) + ", now " + std::string(name_of(state)) +
                          ": " + outcome.reason->what());
}

void tell(const Job& job, std::optional<State> state, const Outcome& outcome)
{
    log::info("a job's attempt ended", {{"job_id", std::to_string(job.id)},
                                        {"kind", job.kind},
                                        {"outcome", std::string(name_of(outcome.way))},
                                        {"state", std::string(state ? name_of(*state) : "lost")},
                                        {"error", outcome.reason ? outcome.reason->what() : ""}});
}

} // namespace

RunningJob::RunningJob(Workplace& place, Job job)
    : place_(place), job_(std::move(job)), kind_(place.kinds.find(job_.kind)), deadline_(end_of_time(kind_)),
      thread_([this](const std::stop_token& stop) { work(stop); })
{
}

RunningJob::~RunningJob()
{
    ask_to_stop(Stop::shutdown);
}

void RunningJob::ask_to_stop(Stop reason)
{
    auto none = Stop::none;
    reason_.compare_exchange_strong(none, reason);
    thread_.request_stop();
}

bool RunningJob::is_over() const
{
    if (!over_) return false;
    if (fault_) std::rethrow_exception(fault_);
    return true;
}

void RunningJob::work(const std::stop_token& stop) noexcept
{
    try {
        attempt(stop);
    } catch (...) { // is_over() passes it on to the worker
        fault_ = std::current_exception();
    }
    over_ = true;
    place_.bell.ring_here();
    place_.bell.ring_others();
}

void RunningJob::attempt(const std::stop_token& stop)
{
    auto db = place_.connections.take();
    Run run(place_.app, *db, job_, stop, &reason_);
    auto outcome = perform(run, kind_);
    std::optional<State> state;
    try {
        state = write(*db, outcome, run.success());
    } catch (const std::exception& fault) { // what belonged to the success was not written, so it is none
        if (outcome.way != Way::succeeded) throw;
        outcome = outcome_of(run, kind_, error_of(fault));
        state = write(*db, outcome, {});
    }
    place_.connections.give_back(std::move(db));
    tell(job_, state, outcome);
}

/// Nothing when the job was taken away: then all it wrote here is undone.
std::optional<State> RunningJob::write(db::Connection& db, const Outcome& outcome, const Success& success)
{
    const std::scoped_lock lock(place_.writing);
    db::Transaction transaction(db);
    const auto state = settle(db, place_.kinds, job_, outcome, success);
    if (!state) return std::nullopt;
    tell_log(place_.app.paths, job_, *state, outcome); // before anyone sees the state
    transaction.commit();
    return state;
}

} // namespace skerry::queue
