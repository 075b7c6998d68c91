#pragma once

#include "api/action.hpp"
#include "projects/project.hpp"

#include <string_view>
#include <vector>

/// Projects as those who ask may see them.
namespace skerry::projects {

/// Throws Error forbidden when the project is somebody else's.
void require_seen(const api::Caller& caller, const Project& project);

/// By slug or unique beginning of an id. Throws Error: not_found, conflict, forbidden.
Project require(const api::Context& context, std::string_view reference);

/// The caller's, newest first.
std::vector<Project> list(const api::Context& context);

} // namespace skerry::projects
