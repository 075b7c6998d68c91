#include "queue/explain.hpp"

#include "queue/explain_words.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::queue {
namespace {

std::string progress_words(const Job& job)
{
    if (!job.progress) return "";
    const auto& progress = *job.progress;
    std::string words;
    constexpr double percent = 100;
    if (progress["fraction"].is_number())
        words = ", " + std::to_string(static_cast<int>(progress["fraction"].real() * percent)) + " % done";
    if (const auto message = progress["message"].view(); !message.empty()) words += ": " + in_quotes(message);
    return words;
}

std::string place_of(const Facts& facts)
{
    const auto name = facts.job.worker.value_or("");
    for (const auto& worker : facts.workers)
        if (worker.name == name && worker.pid != 0)
            return "the worker of process " + std::to_string(worker.pid);
    return "worker " + name;
}

bool its_worker_lives(const Facts& facts)
{
    return std::any_of(facts.workers.begin(), facts.workers.end(),
                       [&](const LivingWorker& worker) { return worker.name == facts.job.worker; });
}

Explanation running(const Facts& facts)
{
    const auto& job = facts.job;
    const auto time = lasting(job.started_at.value_or(facts.now), facts.now);
    const auto follow = command("logs", job.id) + " --follow";
    if (!its_worker_lives(facts))
        return {
            Reason::worker_died,
            named(job) + " ran on a worker that died: " +
                (facts.workers.empty() ? "the next worker takes it over" : "another one takes it over now"),
            facts.workers.empty() ? "skerry worker" : follow};
    if (job.cancel_at)
        return {Reason::stopping,
                named(job) + " was asked to stop " + ago(*job.cancel_at, facts.now) + " and still runs on " +
                    place_of(facts),
                follow};
    return {Reason::running,
            named(job) + " has been running for " + time + " on " + place_of(facts) + ", " +
                try_of(job, job.attempt) + progress_words(job),
            follow};
}

} // namespace

std::string_view name_of(Reason reason) noexcept
{
    switch (reason) {
    case Reason::suspended: return "suspended";
    case Reason::paused: return "paused";
    case Reason::scheduled: return "scheduled";
    case Reason::rescheduled: return "rescheduled";
    case Reason::retrying: return "retrying";
    case Reason::key_busy: return "key_busy";
    case Reason::no_worker: return "no_worker";
    case Reason::queue_not_served: return "queue_not_served";
    case Reason::slots_busy: return "slots_busy";
    case Reason::next: return "next";
    case Reason::running: return "running";
    case Reason::stopping: return "stopping";
    case Reason::worker_died: return "worker_died";
    case Reason::succeeded: return "succeeded";
    case Reason::cancelled: return "cancelled";
    case Reason::dead: return "dead";
    case Reason::superseded: return "superseded";
    }
    return "";
}

api::Json to_json(const Explanation& explanation)
{
    return api::Json::object({{"reason", name_of(explanation.reason)},
                              {"sentence", explanation.sentence},
                              {"hint", explanation.hint},
                              {"jobId", explanation.job},
                              {"until", explanation.until}});
}

Explanation explain(const Facts& facts)
{
    const auto& job = facts.job;
    switch (job.state) {
    case State::scheduled:
    case State::ready:
    case State::retry: return explain_waiting(facts);
    case State::running: return running(facts);
    case State::suspended:
        return {Reason::suspended, named(job) + " is suspended: it waits until somebody decides about it",
                command("cancel", job.id)};
    case State::succeeded:
    case State::cancelled:
    case State::dead:
    case State::superseded: return explain_end(facts);
    }
    throw Error(Code::internal, named(job) + " is in no state");
}

} // namespace skerry::queue
