#include "queue/running_job.hpp"

#include "queue/job_log.hpp"
#include "queue/settle.hpp"
#include "util/log.hpp"

#include <utility>

namespace skerry::queue {
namespace {

std::int64_t end_of_time(const Kind* kind, const Job& job)
{
    const auto usual = (kind != nullptr ? kind->policy : Policy{}).timeout.count();
    return monotonic_now() + job.timeout.value_or(usual);
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
    if (!log::shows(log::Level::info)) return;
    log::info("a job's attempt ended", {{"job_id", std::to_string(job.id)},
                                        {"kind", job.kind},
                                        {"outcome", std::string(name_of(outcome.way))},
                                        {"state", std::string(state ? name_of(*state) : "lost")},
                                        {"error", outcome.reason ? outcome.reason->what() : ""}});
}

} // namespace

RunningJob::RunningJob(const Kinds& kinds, Job job)
    : job_(std::move(job)), kind_(kinds.find(job_.kind)), deadline_(end_of_time(kind_, job_))
{
}

void RunningJob::ask_to_stop(Stop reason)
{
    auto none = Stop::none;
    reason_.compare_exchange_strong(none, reason);
    stop_.request_stop();
}

void RunningJob::perform(const App& app, db::Connection& db)
{
    Run run(app, db, job_, stop_.get_token(), &reason_);
    outcome_ = queue::perform(run, kind_);
    run.write_progress();
    outcome_.log = run.logged();
    success_ = std::move(run).success();
}

std::optional<State> RunningJob::settle(db::Connection& db, const Paths& paths, const Kinds& kinds)
{
    const auto state = outcome_.way == Way::succeeded ? settle_success(db, kinds) : std::optional<State>();
    const auto end = state ? state : settle_rest(db, paths, kinds);
    tell(job_, end, outcome_);
    return end;
}

/// Nothing when it is no success after all: `outcome_` then says why not.
std::optional<State> RunningJob::settle_success(db::Connection& db, const Kinds& kinds)
{
    if (success_.rows.empty()) return queue::settle(db, kinds, job_, outcome_, success_);
    db::Savepoint savepoint(db);
    try {
        const auto state = queue::settle(db, kinds, job_, outcome_, success_);
        savepoint.keep();
        return state;
    } catch (const std::exception& fault) { // what belongs to the success was not written, so it is none
        const auto log = outcome_.log;
        outcome_ = outcome_of(job_, reason_, kind_, error_of(fault));
        outcome_.log = log;
        return std::nullopt;
    }
}

std::optional<State> RunningJob::settle_rest(db::Connection& db, const Paths& paths, const Kinds& kinds)
{
    if (outcome_.way == Way::succeeded) return std::nullopt; // refused: somebody else holds the job
    const auto state = queue::settle(db, kinds, job_, outcome_);
    if (state) tell_log(paths, job_, *state, outcome_); // before anyone sees the state
    return state;
}

} // namespace skerry::queue
