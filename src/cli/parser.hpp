#pragma once

#include "api/json.hpp"
#include "cli/command.hpp"

#include <string>
#include <vector>

namespace skerry::cli {

/// Reads the words behind a command's name into JSON by field name: numbers as numbers, flags as true. Only
/// what was given is in it. Throws Error bad_request for unknown options, missing values and words too many.
api::Json parse(const Command& command, const std::vector<std::string>& words);

/// As parse, where no command is named: only options that every command has.
api::Json parse_globals(const std::vector<std::string>& words);

} // namespace skerry::cli
