#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::cli {

/// What a word may become, with a few words about it.
struct Candidate {
    std::string value;
    std::string help{};
};

/// Where the names of things come from: "PROJECT", "SESSION", "JOB", "NAME" (of a template).
using Values = std::function<std::vector<Candidate>(std::string_view placeholder)>;

/// What the last of `words` (those behind "skerry") may become. A single candidate ":files" asks the shell
/// for files.
std::vector<Candidate> completions(const std::vector<std::string>& words, const Values& values);

/// Names from the data folder, as far as it can be read; makes nothing.
Values stored_values();

/// The script for bash, zsh or fish.
std::string completion_script(std::string_view shell);

} // namespace skerry::cli
