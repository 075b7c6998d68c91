#include "runtime/docker/services_seen.hpp"

#include "runtime/docker/compose_file.hpp"
#include "runtime/docker/sweep.hpp"

#include <algorithm>

namespace skerry::runtime::docker {
namespace {

State state_of(ContainerState state) noexcept
{
    switch (state) {
    case ContainerState::created: return State::starting;
    case ContainerState::running:
    case ContainerState::paused: return State::running;
    case ContainerState::restarting: return State::backing_off;
    case ContainerState::removing:
    case ContainerState::exited:
    case ContainerState::dead: return State::exited;
    }
    return State::exited;
}

std::string trouble_of(const Container& container)
{
    if (!container.error.empty()) return container.error;
    if (container.out_of_memory) return "out of memory";
    if (container.state == ContainerState::paused) return "paused";
    return container.health == Health::unhealthy ? "unhealthy" : "";
}

std::string name_of_service(const ContainerSummary& container)
{
    const auto ours = container.label(service_label);
    return std::string(ours.empty() ? container.label(compose_service_label) : ours);
}

} // namespace

ServiceState service_state(const Container& container)
{
    const auto state = state_of(container.state);
    const bool has_ended = state != State::running && container.finished != 0;
    return {.name = {},
            .state = state,
            .pid = container.pid,
            .port = 0,
            .restarts = container.restarts,
            .exit_code = has_ended ? std::optional(container.exit_code) : std::nullopt,
            .since =
                state == State::running ? container.started : std::max(container.started, container.finished),
            .trouble = trouble_of(container)};
}

std::vector<ServiceState> services_seen(const Engine& engine, const Stack& stack,
                                        const std::vector<ContainerSummary>& containers)
{
    std::vector<ServiceState> ours, others;
    const auto add = [&](const ContainerSummary& summary, const std::string& name, int port,
                         std::vector<ServiceState>& to) {
        const auto container = engine.find_container(summary.id);
        if (!container) return; // just removed
        auto& service = to.emplace_back(service_state(*container));
        service.name = name;
        service.port = port;
    };
    for (const auto& service : stack.services)
        for (const auto& container : containers)
            if (name_of_service(container) == service.name) add(container, service.name, service.port, ours);
    for (const auto& container : containers)
        if (container.label(service_label).empty()) add(container, name_of_service(container), 0, others);
    ours.insert(ours.end(), others.begin(), others.end());
    return ours;
}

} // namespace skerry::runtime::docker
