#pragma once

#include "cli/terminal.hpp"

#include <string>

namespace skerry::cli {

/// Asks "what (not shown): " on the terminal; what is typed is not shown.
std::string typed_unseen(Terminal& terminal, const std::string& what);

/// A new password: typed twice at a terminal, else standard input without its last line break. Never from the
/// command line, which others can read and shells remember. Throws Error bad_request when the two differ, and
/// for what is not one line.
std::string new_password(Terminal& terminal, const std::string& user);

} // namespace skerry::cli
