#include "queue/explain_words.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::queue {
namespace {

/// "no worker runs: the last one stopped 3 min ago"
std::string no_worker(const Facts& facts)
{
    const std::string words = "no worker runs";
    if (!facts.last_worker) return words;
    if (!facts.last_worker->stopped_at) return words + ": the last one was killed";
    return words + ": the last one stopped " + ago(*facts.last_worker->stopped_at, facts.now);
}

Explanation pause_of(const Facts& facts)
{
    const auto& pause = *facts.pause;
    return {Reason::paused, named(facts.job) + " waits: " + told(pause, facts.now), resume_command(pause)};
}

/// What will keep it from running even when its time has come.
std::string further_obstacle(const Facts& facts)
{
    if (facts.pause) return "; " + shown(*facts.pause) + " is paused, too";
    return facts.workers.empty() ? "; " + no_worker(facts) : "";
}

Explanation later(const Facts& facts)
{
    const auto& job = facts.job;
    const auto in = "in " + for_people(job.run_at - facts.now);
    Explanation later{Reason::scheduled, {}, command("run-now", job.id), std::nullopt, job.run_at};
    if (job.state == State::retry) {
        later.reason = Reason::retrying;
        later.sentence = named(job) + " waits: " + try_of(job, job.attempt + 1) + " begins " + in +
                         (job.error ? ", after " + in_quotes(*job.error) : "");
    } else if (last_outcome(facts) == "rescheduled") {
        later.reason = Reason::rescheduled;
        later.sentence = named(job) + " waits: it looks again " + in;
    } else {
        later.sentence = named(job) + " waits until " + rfc3339(job.run_at) + ", which is " + in;
    }
    later.sentence += further_obstacle(facts);
    return later;
}

Explanation key_of(const Facts& facts)
{
    const auto& holder = *facts.holder;
    auto sentence = named(facts.job) + " waits: " + one_line(facts.key_name, 100) + " is busy with job " +
                    std::to_string(holder.id) + " (" + holder.kind + ")";
    if (holder.started_at) sentence += " for " + lasting(*holder.started_at, facts.now);
    return {Reason::key_busy, sentence, command("explain", holder.id), holder.id};
}

std::string ahead_of(const Facts& facts)
{
    return facts.ahead == 0
               ? "it is the next one"
               : count_of(facts.ahead, "job") + " come" + (facts.ahead == 1 ? "s" : "") + " before it";
}

Explanation in_line(const Facts& facts)
{
    const auto& job = facts.job;
    const auto waits = named(job) + " waits: ";
    const auto here = "'" + command("wait", job.id) + "' performs it here";
    if (facts.workers.empty())
        return {Reason::no_worker, waits + no_worker(facts), "'skerry worker' starts one, " + here};
    std::int64_t slots = 0;
    std::int64_t busy = 0;
    for (const auto& worker : facts.workers) {
        slots += worker.slots;
        busy += worker.slots == 0 ? 0 : std::min(worker.running, worker.slots);
    }
    if (slots == 0)
        return {Reason::queue_not_served, waits + "no worker serves the queue " + job.queue,
                "'skerry worker --queues " + shell_word(job.queue) + "' starts one that does"};
    if (busy < slots) return {Reason::next, waits + ahead_of(facts), command("wait", job.id)};
    return {Reason::slots_busy,
            waits +
                (slots == 1 ? "the only slot is busy" : "all " + std::to_string(slots) + " slots are busy") +
                ", " + ahead_of(facts),
            "skerry jobs list --state running"};
}

} // namespace

Explanation explain_waiting(const Facts& facts)
{
    const auto& job = facts.job;
    const bool is_due = job.state == State::ready || job.run_at <= facts.now;
    if (!is_due) return later(facts);
    if (facts.pause) return pause_of(facts);
    if (facts.workers.empty()) return in_line(facts);
    return facts.holder ? key_of(facts) : in_line(facts);
}

} // namespace skerry::queue
