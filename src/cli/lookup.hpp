#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace skerry::cli {

/// What the words of a command line name.
struct Found {
    const Command* command = nullptr; ///< null: only a noun, or nothing, was given
    std::string noun{};               ///< as far as one was given
    std::vector<std::string> rest{};  ///< the words that belong to neither noun nor verb
};

/// Finds the command; global options may stand before it. Throws Error bad_request, with the nearest name as
/// the hint, when there is no such command.
Found find_command(const std::vector<std::string>& words);

/// The command of that name, or null.
const Command* command_named(std::string_view noun, std::string_view verb);
std::vector<const Command*> commands_of(std::string_view noun);
/// The nouns of two words that begin with this one: "jobs types" within "jobs".
std::vector<const Noun*> nouns_within(std::string_view noun);

} // namespace skerry::cli
