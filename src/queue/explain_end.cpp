#include "queue/explain_words.hpp"
#include "util/error.hpp"

namespace skerry::queue {
namespace {

Explanation success(const Facts& facts)
{
    const auto& job = facts.job;
    const auto end = job.finished_at.value_or(facts.now);
    auto sentence = named(job) + " succeeded " + ago(end, facts.now);
    if (job.started_at) sentence += ", after " + lasting(*job.started_at, end);
    if (job.attempt > 1) sentence += " in its " + try_of(job, job.attempt);
    if (job.cancel_at) sentence += "; it was done before it could be cancelled";
    return {Reason::succeeded, sentence, command("logs", job.id)};
}

Explanation cancellation(const Facts& facts)
{
    const auto& job = facts.job;
    auto sentence = named(job) + " was cancelled " + ago(job.finished_at.value_or(facts.now), facts.now);
    if (facts.attempts.empty())
        sentence += ", before it began";
    else
        sentence +=
            last_outcome(facts) == "cancelled" ? ", while it ran" : ", while it waited for another try";
    return {Reason::cancelled, sentence, command("retry", job.id)};
}

std::string why_dead(const Facts& facts)
{
    const auto& job = facts.job;
    const auto error = job.error ? in_quotes(*job.error) : "no reason is known";
    const auto outcome = last_outcome(facts);
    if (outcome == "crashed")
        return "its worker died " + count_of(job.crashes, "time") + " while performing it";
    if (outcome == "discarded") return error + ", which another try would not change";
    if (job.attempt <= 1) return error;
    return "the last of " + std::to_string(job.attempt) + " tries ended with " + error;
}

Explanation death(const Facts& facts)
{
    const auto& job = facts.job;
    return {Reason::dead,
            named(job) + " failed " + ago(job.finished_at.value_or(facts.now), facts.now) + ": " +
                why_dead(facts),
            "'" + command("logs", job.id) + "' shows what it wrote, '" + command("retry", job.id) +
                "' performs it again"};
}

Explanation replacement(const Facts& facts)
{
    const auto& job = facts.job;
    const auto begin =
        named(job) + " gave way " + ago(job.finished_at.value_or(facts.now), facts.now) + " to ";
    if (!facts.successor)
        return {Reason::superseded, begin + "a newer job that does the same", "skerry jobs list"};
    return {Reason::superseded, begin + "job " + std::to_string(*facts.successor) + ", which does the same",
            command("explain", *facts.successor), facts.successor};
}

} // namespace

Explanation explain_end(const Facts& facts)
{
    switch (facts.job.state) {
    case State::succeeded: return success(facts);
    case State::cancelled: return cancellation(facts);
    case State::dead: return death(facts);
    case State::superseded: return replacement(facts);
    case State::scheduled:
    case State::ready:
    case State::running:
    case State::retry:
    case State::suspended: break;
    }
    throw Error(Code::internal, named(facts.job) + " has not ended");
}

} // namespace skerry::queue
