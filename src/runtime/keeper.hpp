#pragma once

#include "runtime/spawn.hpp"

namespace skerry::runtime {

/// Starts a program on the host with a process above it that holds on to all its descendants, those that
/// called setsid too. When the program ends, or the caller's thread ends, or the keeper gets a TERM, all of
/// them are killed. The keeper exits as the program did (128 + signal after a signal).
struct Kept {
    pid_t keeper = 0; ///< the child of the caller, who reaps it
    pid_t program = 0;
};

/// Throws Error as spawn() does. For a process with one thread only.
Kept spawn_kept(const Start& start);

} // namespace skerry::runtime
