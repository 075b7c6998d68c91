#include "projects/job_actions.hpp"

#include "projects/project_access.hpp"
#include "projects/project_store.hpp"
#include "queue/queue.hpp"
#include "util/error.hpp"
#include "util/user.hpp"

namespace skerry::projects {
namespace {

constexpr char side_mark = '/';

std::string_view name_of(queue::Cancelled how) noexcept
{
    switch (how) {
    case queue::Cancelled::now: return "now";
    case queue::Cancelled::before: return "before";
    case queue::Cancelled::asked: return "asked";
    case queue::Cancelled::too_late: return "too_late";
    }
    return "";
}

/// Who it is that pauses, as others read it.
std::string pausing_name(const api::Caller& caller)
{
    return caller.kind == api::Caller::Kind::terminal ? user_name() : caller.name;
}

queue::Pause pause_of(const api::Context& context, const WhatToPause& what)
{
    if (what.queue && what.type)
        throw Error(Code::bad_request, "either a queue or --type: a pause holds one of them");
    queue::Pause pause{.at = now(), .by = pausing_name(context.caller)};
    if (what.queue) pause.scope = queue::Scope::queue, pause.name = *what.queue;
    if (what.type) pause.scope = queue::Scope::type, pause.name = *what.type;
    return pause;
}

/// The pause that is there now: a former one stays as it was.
queue::Pause present_pause(db::Connection& db, const queue::Pause& asked)
{
    for (auto& pause : queue::pauses(db))
        if (pause.scope == asked.scope && pause.name == asked.name) return std::move(pause);
    return asked; // somebody has just resumed it
}

} // namespace

std::string side_key(const ProjectId& project)
{
    return project.value + side_mark;
}

std::vector<std::string> job_keys(const ProjectId& project)
{
    return {project.value, side_key(project)};
}

queue::Job require_job(const api::Context& context, queue::JobId id)
{
    auto job = queue::require(context.db, id);
    if (api::sees_all(context.caller)) return job;
    const auto key = job.key.value_or("");
    const auto project = find(context.db, ProjectId(key.substr(0, key.find(side_mark))));
    if (!project) throw Error(Code::forbidden, "the job belongs to no project");
    require_seen(context.caller, *project);
    return job;
}

api::Json to_json(const CancelledJob& cancelled)
{
    return to_json(cancelled.job).set("cancelled", name_of(cancelled.how));
}

api::Json to_json(const Paused& paused)
{
    return to_json(paused.pause).set("changed", paused.changed).set("waiting", paused.waiting);
}

api::Json to_json(const Resumed& resumed)
{
    auto list = api::Json::array();
    for (const auto& pause : resumed.pauses) list.push(to_json(pause));
    return list;
}

CancelledJob cancel_job(api::Context& context, const NamedJob& input)
{
    const auto job = require_job(context, input.id);
    const auto how = queue::cancel(context.app.paths, context.db, *context.app.job_kinds, job.id);
    CancelledJob cancelled{.job = queue::require(context.db, job.id), .how = how};
    if (how == queue::Cancelled::too_late)
        throw Error(Code::conflict, "job " + std::to_string(job.id) + " had finished before: " +
                                        std::string(queue::shown(cancelled.job.state)));
    return cancelled;
}

queue::Job retry_job(api::Context& context, const NamedJob& input)
{
    const auto job = require_job(context, input.id);
    queue::retry(context.app.paths, context.db, job.id);
    return queue::require(context.db, job.id);
}

queue::Job run_job_now(api::Context& context, const NamedJob& input)
{
    const auto job = require_job(context, input.id);
    queue::run_now(context.app.paths, context.db, job.id);
    return queue::require(context.db, job.id);
}

Paused pause_jobs(api::Context& context, const WhatToPause& input)
{
    const auto asked = pause_of(context, input);
    const bool is_new = queue::pause(context.db, asked);
    const auto pause = present_pause(context.db, asked);
    return {.pause = pause, .changed = is_new, .waiting = queue::count_held(context.db, pause)};
}

Resumed resume_jobs(api::Context& context, const WhatToPause& input)
{
    const auto asked = pause_of(context, input);
    return {queue::resume(context.app.paths, context.db, asked.scope, asked.name)};
}

} // namespace skerry::projects
