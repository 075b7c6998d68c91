#pragma once

#include "agent/client.hpp"
#include "app/app.hpp"
#include "projects/project.hpp"
#include "runtime/runtime.hpp"

namespace skerry::projects {

/// The services of a project as its runtime is to run them: app, agent and, for the scripted model, the
/// model. Makes the agent's home and its password when there are none yet. Throws Error unavailable when
/// opencode is missing, bad_request when nothing tells how the app is run.
runtime::Stack stack_of(const App& app, const Project& project);

/// The app alone. Throws Error bad_request when nothing tells how it is run.
runtime::Service app_service(const App& app, const Project& project);

/// The app or the agent with another command. Throws Error as stack_of does.
runtime::Service service_for(const App& app, const Project& project, std::string_view name,
                             std::vector<std::string> command);

/// A stack of no services, for running something else where they would run.
runtime::Stack empty_stack_of(const App& app, const Project& project);

/// Whether its services run in images, where nothing of this machine is but what they are given.
bool in_containers(const Project& project) noexcept;

/// Where the project's agent answers, and its password. Throws Error unavailable when it was never started.
agent::Address agent_of(const App& app, const Project& project);

} // namespace skerry::projects
