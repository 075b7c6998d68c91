#pragma once

#include "projects/project.hpp"
#include "queue/run.hpp"

#include <chrono>
#include <string>

namespace skerry::sessions {

/// What became of a command that looks whether a turn's work is good.
struct CheckResult {
    int exit_code = 0; ///< 124 when it took too long
    bool out_of_time = false;
    std::string end; ///< the last of what it wrote, 4 kB at most
};

/// Runs the line by sh where the app runs: same fence, environment and folder. What it writes goes to the
/// job's log. Throws Error cancelled on stop, and what Runtime::exec throws.
CheckResult run_check(const queue::Run& run, const projects::Project& project, const std::string& line,
                      std::chrono::milliseconds limit);

} // namespace skerry::sessions
