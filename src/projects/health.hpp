#pragma once

#include "app/app.hpp"
#include "projects/project.hpp"

#include <stop_token>

namespace skerry::projects {

/// Who answers: the app with any HTTP status, the agent by saying that it is healthy.
struct Health {
    bool app = false;
    bool agent = false;
};

/// Asks the agent, for at most two seconds. Throws Error cancelled on stop.
bool agent_answers(const App& app, const Project& project, std::stop_token stop = {});
/// Asks both, each for at most two seconds. Throws Error cancelled on stop.
Health health_of(const App& app, const Project& project, std::stop_token stop = {});

} // namespace skerry::projects
