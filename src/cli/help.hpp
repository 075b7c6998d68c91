#pragma once

#include "cli/command.hpp"
#include "cli/terminal.hpp"

#include <string>

namespace skerry::cli {

/// What `skerry --help` shows.
std::string help(const Stream& stream);
/// What `skerry projects --help` shows.
std::string help(std::string_view noun, const Stream& stream);
/// What `skerry projects create --help` shows.
std::string help(const Command& command, const Stream& stream);

} // namespace skerry::cli
