#include "projects/project_actions.hpp"

#include "projects/observation.hpp"
#include "projects/project_access.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "projects/runtime_choice.hpp"
#include "queue/queue.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::projects {
namespace {

/// The oldest job of the project that waits or runs, of one kind or (empty) of any; 0 when there is none.
queue::JobId live_job(db::Connection& db, const Project& project, std::string_view kind = {})
{
    queue::JobId oldest = 0;
    for (const auto& job : queue::list(db, {.kind = std::string(kind), .key = project.id.value}))
        if (!queue::is_finished(job.state)) oldest = job.id; // they come newest first
    return oldest;
}

/// Ends what the project is doing, puts it into `status` and adds the job that leads on from there.
template <class Args> Started lead(api::Context& context, const Project& project, Status status)
{
    set_status(context.db, project.id, status);
    queue::cancel_all(context.db, *context.app.job_kinds, project.id.value);
    const auto added = queue::add(context.db, Args{project.id}, order_for(project.id));
    return {.project = *find(context.db, project.id), .job = added.id};
}

/// Runs `change` on the named project in one transaction and wakes the workers.
template <class Change>
Started changed(api::Context& context, const std::string& reference, const Change& change)
{
    db::Transaction transaction(context.db);
    const auto project = require(context, reference);
    auto started = change(project);
    transaction.commit();
    Bell::ring(context.app.paths.running());
    return started;
}

/// Better said at once than by a job that fails. Other programs are asked for it, so not while others wait to
/// write (an action with an idempotency key is one transaction): then the job finds out.
void require_what_it_runs_in(const api::Context& context, const Project& project)
{
    require_alive(project);
    if (!context.db.in_transaction()) require_runtime(project.runtime);
}

/// What is stored for a wish: nothing for the default.
std::optional<std::string> keeping_of(const std::string& wish)
{
    if (wish == "default") return std::nullopt;
    if (wish == "forever") return wish;
    try {
        parse_duration(wish);
    } catch (const Error& fault) {
        throw Error(
            fault.code(), fault.what(),
            {.hint = "a time like 30d, or forever, or default", .fields = {{"keepEvents", fault.what()}}});
    }
    return wish;
}

} // namespace

api::Json to_json(const Started& started)
{
    auto json = to_json(started.project);
    json.set("jobId", started.job != 0 ? std::optional(started.job) : std::nullopt);
    if (started.session) json.set("sessionId", *started.session);
    if (started.turn) json.set("turnId", *started.turn);
    if (started.deduplicated) json.set("deduplicated", true);
    return json;
}

Project set_project(api::Context& context, const ProjectSettings& input)
{
    if (!input.on_permission && !input.keep_events)
        throw Error(Code::bad_request, "there is nothing to change",
                    {.hint = "skerry projects set " + input.project + " --on-permission ask"});
    db::Transaction transaction(context.db);
    const auto project = require(context, input.project);
    require_alive(project);
    if (input.on_permission) set_on_permission(context.db, project.id, *input.on_permission);
    if (input.keep_events) set_keep_events(context.db, project.id, keeping_of(*input.keep_events));
    auto changed = *find(context.db, project.id);
    transaction.commit();
    return changed;
}

Project rename_project(api::Context& context, const NewName& input)
{
    if (trim(input.name).empty())
        throw Error(Code::bad_request, "the name is empty", {.fields = {{"name", "must not be empty"}}});
    db::Transaction transaction(context.db);
    const auto project = require(context, input.project);
    require_alive(project);
    set_name(context.db, project.id, input.name);
    auto renamed = *find(context.db, project.id);
    transaction.commit();
    return renamed;
}

Started start_project(api::Context& context, const NamedProject& input)
{
    // Who is taken for running may not be.
    require_what_it_runs_in(context, reconciled(context.app, context.db, require(context, input.project)));
    return changed(context, input.project, [&](const Project& project) -> Started {
        require_alive(project);
        const bool on_its_way = project.status == Status::created || project.status == Status::starting;
        const auto live = on_its_way ? live_job(context.db, project) : 0;
        if (project.status == Status::running || live != 0) return {.project = project, .job = live};
        auto chain = start_chain(project.id);
        chain.erase(chain.begin());
        set_status(context.db, project.id, Status::starting);
        const auto added = queue::add(context.db, Up{project.id}, order_for(project.id, std::move(chain)));
        return {.project = *find(context.db, project.id), .job = added.id};
    });
}

Started stop_project(api::Context& context, const NamedProject& input)
{
    return changed(context, input.project, [&](const Project& project) -> Started {
        require_alive(project);
        const bool on_its_way = project.status == Status::stopping;
        const auto live = on_its_way ? live_job(context.db, project, Stop::policy.kind) : 0;
        if (project.status == Status::stopped || live != 0) return {.project = project, .job = live};
        return lead<Stop>(context, project, Status::stopping);
    });
}

Started restart_project(api::Context& context, const NamedProject& input)
{
    require_what_it_runs_in(context, require(context, input.project));
    return changed(context, input.project, [&](const Project& project) {
        require_alive(project);
        return lead<Restart>(context, project, Status::stopping);
    });
}

Started delete_project(api::Context& context, const NamedProject& input)
{
    return changed(context, input.project, [&](const Project& project) -> Started {
        const auto live = live_job(context.db, project, Delete::policy.kind);
        return live != 0 ? Started{.project = project, .job = live}
                         : lead<Delete>(context, project, Status::deleting);
    });
}

} // namespace skerry::projects
