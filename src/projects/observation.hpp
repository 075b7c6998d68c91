#pragma once

#include "app/app.hpp"
#include "db/connection.hpp"
#include "projects/health.hpp"
#include "projects/project.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace skerry::projects {

/// A project as it is, beside what the database says of it.
struct Observation {
    Project project;
    std::vector<runtime::ServiceState> services;
    Health health;
    std::string fault{}; ///< why the services cannot be seen
};
/// The project's JSON with services: [{name, state, pid, port, restarts, exitCode, since, trouble, healthy}],
/// and servicesFault when they cannot be seen
api::Json to_json(const Observation& observation);

/// The services as their runtime tells. Throws Error unavailable when it does not.
std::vector<runtime::ServiceState> services_of(const App& app, const Project& project);
api::Json to_json(const runtime::ServiceState& service);
/// Whether one of them runs, or is about to run again.
bool any_lives(const std::vector<runtime::ServiceState>& services);
/// How it ended last, for people: "exit code 3, 6 restarts", "exit code 137, out of memory".
std::string ending_of(const runtime::ServiceState& service);

/// Whether something looks after its services right now.
bool is_supervised(const App& app, const Project& project);

/// Looks at the services. A project that should run but that nothing supervises any more is put into `error`,
/// so that nobody takes it for running.
Project reconciled(const App& app, db::Connection& db, const Project& project);

/// As reconciled, with services and their health.
Observation observe(const App& app, db::Connection& db, const Project& project);

} // namespace skerry::projects
