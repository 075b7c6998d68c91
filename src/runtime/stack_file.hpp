#pragma once

#include "runtime/limits.hpp"
#include "runtime/runtime.hpp"
#include "runtime/sandbox/bubblewrap.hpp"

#include <optional>
#include <string>

namespace skerry::runtime {

/// All that a supervisor has to know, kept in state/stack.json (0600: it holds the services' secrets).
struct Plan {
    Stack stack;
    Limits limits{};
    std::optional<Fence> fence{}; ///< nothing: on the host, without a fence
    std::string search_path{};    ///< PATH on the host
};

std::string to_text(const Plan& plan);
/// Throws Error when it is not there or cannot be read.
Plan read_plan(const std::filesystem::path& state);

/// The files that a supervisor and its clients share, all in the state folder.
std::filesystem::path stack_file(const std::filesystem::path& state);
std::filesystem::path
supervisor_lock(const std::filesystem::path& state); ///< held while it lives; says its pid
std::filesystem::path control_socket(const std::filesystem::path& state);

} // namespace skerry::runtime
