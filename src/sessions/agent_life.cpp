#include "sessions/agent_life.hpp"

#include "projects/health.hpp"
#include "runtime/pause.hpp"
#include "runtime/runtime.hpp"
#include "util/clock.hpp"

#include <optional>
#include <utility>

namespace skerry::sessions {
namespace {

using namespace std::chrono_literals;
using runtime::ServiceState;
using runtime::State;

constexpr Time longest_start = 300'000; ///< as long as a project's start may take

std::optional<ServiceState> agent_service(const App& app, const projects::Project& project)
{
    for (auto& service : runtime::make_runtime(project.runtime)->ps(app.paths.state(project.id.value)))
        if (service.name == "agent") return std::move(service);
    return std::nullopt;
}

/// One that has run for long and does not answer has another fault than that it is just being started.
bool is_being_started(const std::optional<ServiceState>& agent)
{
    if (!agent) return false;
    switch (agent->state) {
    case State::starting:
    case State::backing_off: return true;
    case State::running: return now() < agent->since + longest_start;
    case State::exited: return false;
    }
    return false;
}

} // namespace

std::function<bool()> life_of_agent(const queue::Run& run, const projects::Project& project)
{
    const auto look = [&app = run.app, project]() -> std::optional<std::pair<int, int>> {
        const auto agent = agent_service(app, project);
        return agent ? std::optional(std::pair(agent->pid, agent->restarts)) : std::nullopt;
    };
    return [look, begun = look()] { return begun && look() == begun; };
}

void await_agent(const queue::Run& run, const projects::Project& project)
{
    const auto until = monotonic_now() + longest_start;
    bool told = false;
    while (is_being_started(agent_service(run.app, project)) &&
           !projects::agent_answers(run.app, project, run.stop) && monotonic_now() < until) {
        if (!std::exchange(told, true)) run.log("the agent is being started again: waiting for it");
        runtime::pause_for(100ms, run.stop);
        run.throw_if_cancelled();
    }
}

} // namespace skerry::sessions
