#pragma once

#include "http/server.hpp"

#include <filesystem>
#include <stop_token>
#include <string>

namespace skerry::http {

/// Answers GET and HEAD with the files of `folder`: index.html for a folder, never a list, nothing kept by
/// the browser. Nothing outside the folder is ever read, and no file or folder whose name begins with a dot;
/// a link is followed only to what could have been asked for by its own name. Throws Error when the folder
/// cannot be opened.
Server::Handler file_handler(const std::filesystem::path& folder);

/// Serves `folder` on host:port until stop. Throws Error: not_found when there is no such folder, conflict
/// when the port is taken.
void serve_files(const std::filesystem::path& folder, const std::string& host, int port,
                 std::stop_token stop);

} // namespace skerry::http
