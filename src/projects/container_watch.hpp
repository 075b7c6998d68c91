#pragma once

#include "app/app.hpp"
#include "projects/project.hpp"

#include <exception>
#include <thread>

namespace skerry::projects {

/// Watches the containers of all projects on a thread of its own, until it is destroyed: what they write goes
/// into the projects' logs, what happens to them becomes an event (project.service) and, where it concerns
/// the whole project, its status. After each connection to the engine it compares what runs with what should,
/// and starts what the engine's own end has ended.
///
/// Of many processes with one data folder, one watches at a time; another takes over when it goes. Where no
/// project runs in containers, the engine is left alone.
class ContainerWatch {
public:
    explicit ContainerWatch(const App& app);
    ContainerWatch(const ContainerWatch&) = delete;
    ContainerWatch& operator=(const ContainerWatch&) = delete;
    ~ContainerWatch() = default;

private:
    std::jthread thread_;
};

/// Copies what the project's containers have written by now into its log, unless a watch does so anyway. What
/// is wrong with the engine is no fault of who wants to read.
void copy_output(const App& app, const Project& project);

} // namespace skerry::projects
