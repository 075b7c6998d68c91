#pragma once

#include "api/action.hpp"
#include "projects/project.hpp"
#include "queue/job_store.hpp"
#include "queue/pauses.hpp"

#include <limits>
#include <optional>
#include <string>
#include <vector>

/// What can be asked for about jobs. A job belongs to whom its project belongs to; one without a project to
/// administrators.
namespace skerry::projects {

/// The key of jobs that are the project's but do not wait in its line, behind its turns.
std::string side_key(const ProjectId& project);
/// The keys of a project's jobs.
std::vector<std::string> job_keys(const ProjectId& project);

/// Throws Error: not_found, forbidden.
queue::Job require_job(const api::Context& context, queue::JobId id);

struct NamedJob {
    queue::JobId id = 0;
};
constexpr auto fields(api::Tag<NamedJob>)
{
    return std::array{api::field<&NamedJob::id>("id", "Number of the job",
                                                {.positional = true,
                                                 .min = 1,
                                                 .max = std::numeric_limits<std::int64_t>::max(),
                                                 .placeholder = "JOB"})};
}

/// What cancelling came to: the job, and whether it is over, was so before, or was asked to stop.
struct CancelledJob {
    queue::Job job;
    queue::Cancelled how = queue::Cancelled::now;
};
/// The job's JSON with cancelled: "now", "before", "asked".
api::Json to_json(const CancelledJob& cancelled);

/// Who cancels twice gets the same. Throws Error conflict for a job that had finished otherwise.
CancelledJob cancel_job(api::Context& context, const NamedJob& input);
queue::Job retry_job(api::Context& context, const NamedJob& input);
queue::Job run_job_now(api::Context& context, const NamedJob& input);

struct WhatToPause {
    std::optional<std::string> queue;
    std::optional<std::string> type;
};
constexpr auto fields(api::Tag<WhatToPause>)
{
    return std::array{
        api::field<&WhatToPause::queue>("queue", "Only the jobs of this queue",
                                        {.positional = true, .min = 1, .max = 100, .placeholder = "QUEUE"}),
        api::field<&WhatToPause::type>("type", "Only the jobs of this type",
                                       {.min = 1, .max = 100, .placeholder = "TYPE"}),
    };
}

/// What is held now. A former pause stays as it was.
struct Paused {
    queue::Pause pause;
    bool changed = false;     ///< it was not paused before
    std::int64_t waiting = 0; ///< jobs that it holds
};
/// The pause's JSON with changed and waiting.
api::Json to_json(const Paused& paused);

struct Resumed {
    std::vector<queue::Pause> pauses;
};
api::Json to_json(const Resumed& resumed);

Paused pause_jobs(api::Context& context, const WhatToPause& input);
Resumed resume_jobs(api::Context& context, const WhatToPause& input);

} // namespace skerry::projects
