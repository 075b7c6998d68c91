#pragma once

#include "runtime/docker/engine.hpp"

#include <string>
#include <string_view>

/// What Compose does for a project, without its files: for when it cannot or will not.
namespace skerry::runtime::docker {

/// What Compose gives to all that it makes.
constexpr std::string_view compose_project_label = "com.docker.compose.project";
constexpr std::string_view compose_folder_label = "com.docker.compose.project.working_dir";
constexpr std::string_view compose_service_label = "com.docker.compose.service";

/// Everything of the Compose project of that name.
Wanted of_compose_project(const std::string& name);

/// Stops its containers, all at once, and returns when they have ended. Throws Error as Engine does.
void stop_containers(const Engine& engine, const std::string& name);
/// Removes its containers, networks and volumes. Throws Error as Engine does.
void remove_all(const Engine& engine, const std::string& name);

} // namespace skerry::runtime::docker
