#pragma once

#include "cli/terminal.hpp"
#include "util/error.hpp"

#include <string>
#include <vector>

namespace skerry::cli {

/// A command to type next, and what it is good for.
struct Next {
    std::string line;
    std::string what;
};

/// Says why a command leaves work that is not done, and how to come back to it. With --json as an error of
/// that code.
void part(Terminal& terminal, Code code, const std::string& message, const std::vector<Next>& next);

} // namespace skerry::cli
