#include "queue/job.hpp"

namespace skerry::queue {

std::string_view name_of(State state) noexcept
{
    switch (state) {
    case State::scheduled: return "scheduled";
    case State::ready: return "ready";
    case State::running: return "running";
    case State::retry: return "retry";
    case State::suspended: return "suspended";
    case State::succeeded: return "succeeded";
    case State::cancelled: return "cancelled";
    case State::dead: return "dead";
    case State::superseded: return "superseded";
    }
    return "unknown";
}

std::string_view shown(State state) noexcept
{
    switch (state) {
    case State::scheduled:
    case State::ready:
    case State::retry:
    case State::suspended: return "queued";
    case State::dead: return "failed";
    case State::running:
    case State::succeeded:
    case State::cancelled:
    case State::superseded: return name_of(state);
    }
    return "unknown";
}

bool is_finished(State state) noexcept
{
    return state >= State::succeeded;
}

/// The key up to a slash: a project may have lines beside its own.
std::optional<std::string> project_of(const Job& job)
{
    return job.key ? std::optional(job.key->substr(0, job.key->find('/'))) : std::nullopt;
}

api::Json to_json(const Job& job)
{
    std::vector<std::string> follow_ups;
    for (const auto& next : job.follow_ups) follow_ups.push_back(next.kind);
    return api::Json::object({{"id", job.id},
                              {"type", job.kind},
                              {"name", job.name},
                              {"state", shown(job.state)},
                              {"detailedState", name_of(job.state)},
                              {"queue", job.queue},
                              {"priority", job.priority},
                              {"projectId", project_of(job)},
                              {"args", job.args},
                              {"attempt", job.attempt},
                              {"maxAttempts", job.max_attempts},
                              {"crashes", job.crashes},
                              {"worker", job.worker},
                              {"progress", job.progress},
                              {"result", job.result},
                              {"error", job.error},
                              {"timeout", job.timeout},
                              {"parentId", job.parent},
                              {"followUps", follow_ups},
                              {"runAt", job.run_at},
                              {"createdAt", job.created_at},
                              {"startedAt", job.started_at},
                              {"finishedAt", job.finished_at},
                              {"cancelRequestedAt", job.cancel_at}});
}

api::Json to_json(const Attempt& attempt)
{
    return api::Json::object({{"lease", attempt.lease},
                              {"worker", attempt.worker},
                              {"startedAt", attempt.started_at},
                              {"endedAt", attempt.ended_at},
                              {"outcome", attempt.outcome},
                              {"error", attempt.error},
                              {"logFrom", attempt.log_from},
                              {"logTo", attempt.log_to}});
}

} // namespace skerry::queue
