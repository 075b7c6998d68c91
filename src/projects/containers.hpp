#pragma once

#include "api/json.hpp"
#include "app/app.hpp"
#include "projects/project.hpp"
#include "runtime/container_spec.hpp"

namespace skerry::projects {

/// What app and agent of a project are run in, where that is containers.
struct Containers {
    runtime::ContainerSpec app;
    runtime::ContainerSpec agent;
};

/// From a description like {"app": {"memory": "512m", "cpus": 1, "processes": 128, "image": "node:20-slim"},
/// "agent": {...}}; what it leaves open is as the settings and the defaults say. Throws Error bad_request
/// that names what is wrong.
Containers read_containers(const api::Json& description, const Settings& settings);

/// Of a project: as its template said when it was made. The description is kept beside its files, where the
/// agent cannot change it. Throws Error.
Containers containers_of(const App& app, const Project& project);
/// The agent's; an empty one where it is not run in a container.
runtime::ContainerSpec agent_container(const App& app, const Project& project);
/// Keeps what the template says; a second time nothing is changed.
void keep_containers(const App& app, const Project& project, bool from_template);

} // namespace skerry::projects
