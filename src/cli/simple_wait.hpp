#pragma once

#include "cli/call.hpp"

#include <functional>
#include <optional>
#include <string>

namespace skerry::cli {

/// What is said while and after a wait.
struct WaitWords {
    std::string what;                     ///< "project hello"
    std::string again;                    ///< the command that waits again
    std::function<std::string()> doing{}; ///< what is going on, for the line of progress; else `what`
};

/// Waits as the command's options say until `done`, working the queue where nobody else does. Nothing when it
/// is done, else the exit status, with the reason told.
std::optional<int> wait_until(Call& call, const WaitWords& words, const std::function<bool()>& done);

} // namespace skerry::cli
