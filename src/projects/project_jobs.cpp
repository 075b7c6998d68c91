#include "projects/project_jobs.hpp"

#include "projects/containers.hpp"
#include "projects/health.hpp"
#include "projects/observation.hpp"
#include "projects/ports.hpp"
#include "projects/project_files.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <chrono>
#include <thread>

namespace skerry::projects {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t patience_milliseconds = 300'000; ///< how long app and agent may take to answer

/// The project, still wanted in one of these states. Throws Error conflict otherwise: the job is over then.
Project wanted(const queue::Run& run, const ProjectId& id, std::initializer_list<Status> states)
{
    const auto project = find(run.db, id);
    if (!project) throw Error(Code::not_found, "the project " + id.value + " is gone");
    for (const auto status : states)
        if (project->status == status) return *project;
    throw Error(Code::conflict,
                "the project " + project->slug + " is " + std::string(name_of(project->status)));
}

runtime::Say say_to(const queue::Run& run)
{
    return [&run](std::string_view line) { run.log(line); };
}

bool is_about_ports(const Error& fault)
{
    return fault.code() == Code::conflict &&
           std::string_view(fault.what()).starts_with("address already in use");
}

void bring_up(const queue::Run& run, const Project& project)
{
    runtime::make_runtime(project.runtime)->up(stack_of(run.app, project), run.stop, say_to(run));
}

void reallocate_ports(const queue::Run& run, const Project& project, const std::string& reason)
{
    run.log(reason + "; taking other ports");
    run.write([&] { allocate_ports(run.db, run.app.settings, project); });
}

std::string late_ones(const Health& health)
{
    if (!health.app && !health.agent) return "app and agent do not answer";
    return health.app ? "the agent does not answer" : "the app does not answer";
}

/// Ends the start with `reason` and what the service said last.
[[noreturn]] void give_up(const queue::Run& run, const Project& project, const std::string& reason,
                          const std::string& service)
{
    const auto state = run.app.paths.state(project.id.value);
    runtime::make_runtime(project.runtime)->stop(state, say_to(run));
    const auto lines = runtime::tail(runtime::log_file(state), 5, service);
    throw Error(Code::conflict,
                reason +
                    (lines.empty() ? std::string() : "; last lines: " + one_line(join(lines, " | "), 600)),
                {.hint = "skerry projects logs " + project.slug});
}

/// One that ends again and again is not waited for as long as one that is slow.
void give_up_on_crashes(const queue::Run& run, const Project& project)
{
    constexpr int most_restarts = 6;
    const auto services = services_of(run.app, project);
    if (!any_lives(services)) throw Error(Code::conflict, "its supervisor was killed while it started");
    for (const auto& service : services) {
        if (service.restarts < most_restarts && service.state != runtime::State::exited) continue;
        give_up(run, project, "the " + service.name + " ends again and again: " + ending_of(service),
                service.name);
    }
}

void fail_start(db::Connection& db, const ProjectId& id, const Error& reason)
{
    const auto project = find(db, id);
    if (project && (project->status == Status::created || project->status == Status::starting))
        set_status(db, id, Status::error, reason.what());
}

void end_services(const queue::Run& run, const Project& project)
{
    runtime::make_runtime(project.runtime)->stop(run.app.paths.state(project.id.value), say_to(run));
}

} // namespace

std::vector<queue::FollowUp> start_chain(const ProjectId& project)
{
    return {queue::follow_up(Up{project}), queue::follow_up(WaitReady{project})};
}

queue::Order order_for(const ProjectId& project, std::vector<queue::FollowUp> follow_ups)
{
    return {.key = project.value, .follow_ups = std::move(follow_ups)};
}

void create(queue::Run& run, const Create& args)
{
    const auto project = wanted(run, args.project, {Status::created});
    if (project.app_port == 0) run.write([&] { allocate_ports(run.db, run.app.settings, project); });
    run.log("making the files of " + project.slug);
    make_files(project, args.from, run.stop);
    make_private_folder(run.app.paths.state(project.id.value));
    keep_containers(run.app, project, !args.from);
}

void abandon_create(db::Connection& db, const Create& args, const Error& reason)
{
    fail_start(db, args.project, reason);
}

void up(queue::Run& run, const Up& args)
{
    auto project = wanted(run, args.project, {Status::created, Status::starting});
    if (project.app_port == 0) run.write([&] { allocate_ports(run.db, run.app.settings, project); });
    run.write([&] { move(run.db, project.id, Status::created, Status::starting); });
    project = wanted(run, args.project, {Status::starting});
    run.log("starting the services of " + project.slug);
    try {
        bring_up(run, project);
    } catch (const Error& fault) {
        if (!is_about_ports(fault)) throw;
        reallocate_ports(run, project, fault.what());
        bring_up(run, wanted(run, args.project, {Status::starting}));
    }
}

void abandon_up(db::Connection& db, const Up& args, const Error& reason)
{
    fail_start(db, args.project, reason);
}

void wait_ready(queue::Run& run, const WaitReady& args)
{
    const auto project = wanted(run, args.project, {Status::starting});
    const auto begun = queue::attempts_of(run.db, run.job.id).front().started_at;
    // Most start within seconds: look often at first, then once a second without holding a slot. The services
    // are looked at less often: who tells of them has to ask others, while those who start need the
    // processor.
    constexpr int often = 5'000;
    constexpr int seldom = 500;
    for (std::int64_t look_at = 0;;) {
        const auto health = health_of(run.app, project, run.stop);
        if (health.app && health.agent) break;
        if (monotonic_now() >= look_at) {
            give_up_on_crashes(run, project);
            look_at = monotonic_now() + seldom;
        }
        if (now() - begun > patience_milliseconds)
            give_up(run, project, late_ones(health) + " after " + for_people(patience_milliseconds),
                    health.app ? "agent" : "app");
        run.throw_if_cancelled();
        if (now() - begun > often) run.reschedule(1s);
        std::this_thread::sleep_for(50ms);
    }
    run.commit([id = project.id](db::Connection& db) { move(db, id, Status::starting, Status::running); });
}

void abandon_wait_ready(db::Connection& db, const WaitReady& args, const Error& reason)
{
    fail_start(db, args.project, reason);
}

void stop(queue::Run& run, const Stop& args)
{
    const auto project = wanted(run, args.project, {Status::stopping});
    end_services(run, project);
    run.commit([id = project.id](db::Connection& db) { move(db, id, Status::stopping, Status::stopped); });
}

void abandon_stop(db::Connection& db, const Stop& args, const Error& reason)
{
    if (reason.code() == Code::cancelled) return; // for something newer, which has the say now
    const auto project = find(db, args.project);
    if (project && project->status == Status::stopping)
        set_status(db, args.project, Status::error, "stopping failed: " + std::string(reason.what()));
}

void restart(queue::Run& run, const Restart& args)
{
    const auto project = wanted(run, args.project, {Status::stopping, Status::starting});
    end_services(run, project);
    run.commit([id = project.id](db::Connection& db) { move(db, id, Status::stopping, Status::starting); });
    run.enqueue_next(start_chain(project.id));
}

void abandon_restart(db::Connection& db, const Restart& args, const Error& reason)
{
    abandon_stop(db, Stop{args.project}, reason);
}

void remove(queue::Run& run, const Delete& args)
{
    const auto project = wanted(run, args.project, {Status::deleting});
    const auto state = run.app.paths.state(project.id.value);
    runtime::make_runtime(project.runtime)->remove(state, say_to(run));
    remove_folder(state);
    remove_folder(project.path);
    run.commit([id = project.id](db::Connection& db) { mark_deleted(db, id); });
}

} // namespace skerry::projects
