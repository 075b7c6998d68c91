#pragma once

#include "projects/project.hpp"
#include "queue/run.hpp"

#include <functional>

namespace skerry::sessions {

/// Whether the project's agent is still the process that it was when this was called: its number and its
/// restarts tell. To be asked on the handler's thread; `run` outlives it.
std::function<bool()> life_of_agent(const queue::Run& run, const projects::Project& project);

/// Returns when the agent answers, or when it is not to be expected that it will soon. One that has crashed
/// is started again, later and later, and then takes its time: that uses up no attempt. Throws Error
/// cancelled on stop.
void await_agent(const queue::Run& run, const projects::Project& project);

} // namespace skerry::sessions
