#pragma once

#include "projects/project.hpp"

#include <optional>
#include <stop_token>
#include <string>

namespace skerry::projects {

/// `source` if code can be brought from there: a folder that can be read, or a git address. Throws Error.
std::string checked_source(const std::string& source);

/// Makes the project's folder: from a template, or from existing code (a folder or a git address); then a git
/// repository with a first commit where there is none yet. The folder appears whole or not at all, so it can
/// be called again after a crash at any point; an existing folder is left as it is. Throws Error: not_found
/// and bad_request for a source that is not there, unavailable when git fails or the disk is full.
void make_files(const Project& project, const std::optional<std::string>& from, std::stop_token stop);

} // namespace skerry::projects
