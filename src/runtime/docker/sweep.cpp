#include "runtime/docker/sweep.hpp"

#include <future>

namespace skerry::runtime::docker {
namespace {

constexpr int grace = 5; // seconds, as in compose.yaml

} // namespace

Wanted of_compose_project(const std::string& name)
{
    return {{std::string(compose_project_label), name}};
}

void stop_containers(const Engine& engine, const std::string& name)
{
    std::vector<std::future<void>> ends;
    for (const auto& container : engine.containers(of_compose_project(name)))
        ends.push_back(
            std::async(std::launch::async, [&engine, id = container.id] { engine.stop(id, grace); }));
    for (auto& end : ends) end.wait();
    for (auto& end : ends) end.get();
}

void remove_all(const Engine& engine, const std::string& name)
{
    const auto wanted = of_compose_project(name);
    for (const auto& container : engine.containers(wanted)) engine.remove_container(container.id);
    for (const auto& network : engine.networks(wanted)) engine.remove_network(network.id);
    for (const auto& volume : engine.volumes(wanted)) engine.remove_volume(volume.name);
}

} // namespace skerry::runtime::docker
