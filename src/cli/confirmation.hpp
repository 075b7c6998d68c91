#pragma once

#include "cli/terminal.hpp"

#include <string>

namespace skerry::cli {

/// Asks "question [y/N]" on the terminal; whether the answer was yes. Otherwise, and where nobody can be
/// asked, it says so: the exit status is then status::not_confirmed.
bool confirmed(Terminal& terminal, const std::string& question);

} // namespace skerry::cli
