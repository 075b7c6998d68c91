#pragma once

#include "runtime/limits.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace skerry::runtime {

/// How a child of the supervisor begins. It differs from process::Child in that it dies with the thread that
/// started it, joins control groups and gets limits before the program runs, and may keep descriptors.
struct Start {
    std::filesystem::path program;        ///< a full path
    std::vector<std::string> words;       ///< argv
    std::vector<std::string> environment; ///< "NAME=value", all it gets
    std::filesystem::path folder = "/";
    int output = -1;                  ///< its stdout and stderr
    std::vector<int> kept{};          ///< become its descriptors 3, 4, 5 ...
    std::vector<std::string> doors{}; ///< of control groups (ControlGroup::doors)
    std::vector<ResourceLimit> limits{};
};

/// Starts it in a session of its own and returns its pid; whoever calls this reaps it. The child is killed
/// when the calling thread ends: call it from a thread that lives as long as the program. Throws Error
/// not_found when there is no such program, unavailable for other reasons.
pid_t spawn(const Start& start);

} // namespace skerry::runtime
