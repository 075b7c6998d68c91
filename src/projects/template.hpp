#pragma once

#include "api/json.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::projects {

/// A folder that a new project is copied from: template.json beside the folder files/, or just files.
struct Template {
    std::string name;
    std::string description;
    std::filesystem::path files;
    api::Json containers{}; ///< what its app and agent are run in, see containers.hpp; null: it does not say
};

/// The templates that came with skerry, by name. Throws Error unavailable when they cannot be found.
std::vector<Template> templates();

/// A template by its name, or the folder at a path (anything with a '/', "." or ".."). Throws Error not_found
/// or bad_request.
Template find_template(const std::string& name_or_path);

} // namespace skerry::projects
