#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::projects {

/// How the app of a project is run: what its skerry.json says ({"app": {"command": ["node", "server.mjs"]}}),
/// else what its files tell: package.json with a start script, server.mjs, index.html. In the words "{port}"
/// is the app's port, "{host}" the address to listen on and "{skerry}" this program. Throws Error bad_request
/// when nothing tells.
std::vector<std::string> app_command(const std::filesystem::path& folder, int port,
                                     const std::string& host = "127.0.0.1");

} // namespace skerry::projects
