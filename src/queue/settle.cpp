#include "queue/settle.hpp"

#include "queue/job_store.hpp"
#include "queue/statements.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace skerry::queue {
namespace {

/// The word that the statement give_up knows the way by.
std::string_view why(Way way)
{
    switch (way) {
    case Way::failed: return "fail";
    case Way::crashed: return "crash";
    case Way::timeout: return "timeout";
    case Way::rescheduled: return "snooze";
    case Way::released: return "release";
    case Way::discarded: return "discard";
    case Way::succeeded:
    case Way::cancelled: break;
    }
    throw Error(Code::internal, "the outcome " + std::string(name_of(way)) + " is not a way of giving up");
}

std::optional<std::string> error_text(const std::optional<Error>& reason)
{
    if (!reason) return std::nullopt;
    constexpr std::size_t longest = 4000;
    std::string text = reason->what();
    if (!reason->hint().empty()) text += " (" + reason->hint() + ")";
    return std::string(clip(text, longest));
}

std::optional<std::string> text_if_any(const std::optional<api::Json>& value)
{
    return value ? std::optional(value->dump()) : std::nullopt;
}

std::optional<State> state_of(db::Query row)
{
    if (!row.next()) return std::nullopt;
    const auto state = static_cast<State>(row.number(0));
    row.run();
    return state;
}

std::optional<State> leave_running(db::Connection& db, const Job& job, const Outcome& outcome,
                                   const Success& success, const std::optional<std::string>& error)
{
    switch (outcome.way) {
    case Way::succeeded:
        return db::execute(db, sql::succeed, job.id, job.lease, now(), text_if_any(success.result)) != 0
                   ? std::optional(State::succeeded)
                   : std::nullopt;
    case Way::cancelled: return state_of({db, sql::stop_cancelled, job.id, job.lease, now()});
    case Way::failed:
    case Way::crashed:
    case Way::timeout:
    case Way::rescheduled:
    case Way::released:
    case Way::discarded: break;
    }
    return state_of({db, sql::give_up, job.id, job.lease, why(outcome.way), outcome.run_at, now(), error});
}

void start_next(db::Connection& db, const Kinds& kinds, const Job& job, std::vector<FollowUp> chain)
{
    if (chain.empty()) return;
    const auto next = std::move(chain.front());
    chain.erase(chain.begin());
    // A kind that nobody knows is added all the same: it then fails where people look for failures.
    const auto* kind = kinds.find(next.kind);
    auto policy = kind != nullptr ? kind->policy : Policy{};
    policy.kind = next.kind; // one for all custom types has a name of its own
    add_next(db, policy, next.args, job, std::move(chain));
}

void write_success(db::Connection& db, const Kinds& kinds, const Job& job, const Success& success)
{
    for (const auto& rows : success.rows) rows(db);
    auto chain = success.jobs;
    chain.insert(chain.end(), job.follow_ups.begin(), job.follow_ups.end());
    start_next(db, kinds, job, std::move(chain));
}

/// The twin that waits does what the superseded job would have done, and what was to follow on it.
void hand_over(db::Connection& db, const Job& job)
{
    db::Query row(db, sql::twin_of, job.id);
    if (!row.next()) return;
    auto twin = require(db, row.number(0));
    twin.follow_ups.insert(twin.follow_ups.end(), job.follow_ups.begin(), job.follow_ups.end());
    db::execute(db, sql::take_on, twin.id, job.id, text_of(twin.follow_ups));
}

void abandon_one(db::Connection& db, const Kinds& kinds, JobId job, const FollowUp& work, const Error& reason)
{
    const auto* kind = kinds.find(work.kind);
    if (kind == nullptr || kind->abandon == nullptr) return;
    db::Savepoint savepoint(db);
    try {
        kind->check(work.args);
        kind->abandon(db, work.args, reason);
        savepoint.keep();
    } catch (const std::exception& fault) { // the end of a job must not hang on what is told of it
        log::error("cannot abandon a job",
                   {{"job_id", std::to_string(job)}, {"kind", work.kind}, {"error", fault.what()}});
    }
}

Error reason_of(const Job& job, State state, const Outcome& outcome)
{
    if (state == State::cancelled)
        return {Code::cancelled, "job " + std::to_string(job.id) + " (" + job.kind + ") was cancelled"};
    return outcome.reason.value_or(Error(Code::internal, "the job ended as " + std::string(name_of(state))));
}

} // namespace

void abandon(db::Connection& db, const Kinds& kinds, const Job& job, const Error& reason)
{
    abandon_one(db, kinds, job.id, {job.kind, job.args}, reason);
    for (const auto& next : job.follow_ups) abandon_one(db, kinds, job.id, next, reason);
}

std::optional<State> settle(db::Connection& db, const Kinds& kinds, const Job& job, const Outcome& outcome,
                            const Success& success)
{
    const auto error = error_text(outcome.reason);
    const auto state = leave_running(db, job, outcome, success, error);
    if (!state) return std::nullopt;
    db::execute(db, sql::record_attempt, job.id, job.lease, job.worker, job.started_at.value_or(0), now(),
                name_of(outcome.way), error, outcome.log ? std::optional(outcome.log->from) : std::nullopt,
                outcome.log ? std::optional(outcome.log->to) : std::nullopt);
    if (*state == State::succeeded) write_success(db, kinds, job, success);
    if (*state == State::superseded) hand_over(db, job);
    if (*state == State::cancelled || *state == State::dead)
        abandon(db, kinds, job, reason_of(job, *state, outcome));
    return state;
}

} // namespace skerry::queue
