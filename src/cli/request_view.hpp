#pragma once

#include "cli/terminal.hpp"
#include "sessions/session.hpp"

#include <string>
#include <vector>

namespace skerry::cli {

/// "write a.txt": what is asked, in one line that is harmless on a terminal.
std::string question_of(const sessions::Request& request);
/// The very commands that answer it, the most likely first.
std::vector<std::string> answers_to(const sessions::Request& request);

} // namespace skerry::cli
