#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::projects {

/// How the app of a project is run: what its skerry.json says ({"app": {"command": ["node", "server.mjs"]}}),
/// else what its files tell: package.json with a start script, server.mjs, index.html. In the words "{port}"
/// is the app's port and
/// "{skerry}" this program. Throws Error bad_request when nothing tells.
std::vector<std::string> app_command(const std::filesystem::path& folder, int port);

} // namespace skerry::projects
