#pragma once

#include "projects/project.hpp"
#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"

#include <optional>
#include <string>
#include <vector>

/// What takes long in a project's life. Every handler may be run twice.
namespace skerry::projects {

/// Makes ports and files of a new project.
struct Create {
    static constexpr queue::Policy policy{.kind = "project.create"};
    ProjectId project;
    std::optional<std::string> from; ///< existing code: a folder or a git address
};
constexpr auto fields(api::Tag<Create>)
{
    return std::array{api::field<&Create::project>("projectId", "The project", {.min = 1, .max = 40}),
                      api::field<&Create::from>("from", "Existing code", {.min = 1, .max = 4096})};
}
void create(queue::Run& run, const Create& args);
void abandon_create(db::Connection& db, const Create& args, const Error& reason);

/// Starts the services.
struct Up {
    static constexpr queue::Policy policy{.kind = "runtime.up"};
    ProjectId project;
};
constexpr auto fields(api::Tag<Up>)
{
    return std::array{api::field<&Up::project>("projectId", "The project", {.min = 1, .max = 40})};
}
void up(queue::Run& run, const Up& args);
void abandon_up(db::Connection& db, const Up& args, const Error& reason);

/// Waits until app and agent answer; the project is running then.
struct WaitReady {
    static constexpr queue::Policy policy{.kind = "runtime.wait_ready", .attempts = 1};
    ProjectId project;
};
constexpr auto fields(api::Tag<WaitReady>)
{
    return std::array{api::field<&WaitReady::project>("projectId", "The project", {.min = 1, .max = 40})};
}
void wait_ready(queue::Run& run, const WaitReady& args);
void abandon_wait_ready(db::Connection& db, const WaitReady& args, const Error& reason);

/// Ends the services; files and state stay.
struct Stop {
    static constexpr queue::Policy policy{.kind = "runtime.stop", .dedupe = queue::Dedupe::active};
    ProjectId project;
};
constexpr auto fields(api::Tag<Stop>)
{
    return std::array{api::field<&Stop::project>("projectId", "The project", {.min = 1, .max = 40})};
}
void stop(queue::Run& run, const Stop& args);
void abandon_stop(db::Connection& db, const Stop& args, const Error& reason);

/// Ends the services and starts them again.
struct Restart {
    static constexpr queue::Policy policy{.kind = "runtime.restart"};
    ProjectId project;
};
constexpr auto fields(api::Tag<Restart>)
{
    return std::array{api::field<&Restart::project>("projectId", "The project", {.min = 1, .max = 40})};
}
void restart(queue::Run& run, const Restart& args);
void abandon_restart(db::Connection& db, const Restart& args, const Error& reason);

/// Ends the services, removes all files, then the row. Tried for long: deleting wins over everything.
struct Delete {
    static constexpr queue::Policy policy{
        .kind = "project.delete", .attempts = 20, .dedupe = queue::Dedupe::active};
    ProjectId project;
};
constexpr auto fields(api::Tag<Delete>)
{
    return std::array{api::field<&Delete::project>("projectId", "The project", {.min = 1, .max = 40})};
}
void remove(queue::Run& run, const Delete& args);

/// The jobs that bring a project from stopped to running.
std::vector<queue::FollowUp> start_chain(const ProjectId& project);

/// How jobs of a project are added: one of them runs at a time.
queue::Order order_for(const ProjectId& project, std::vector<queue::FollowUp> follow_ups = {});

} // namespace skerry::projects
