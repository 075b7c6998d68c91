#pragma once

#include "runtime/runtime.hpp"

namespace skerry::cli {

/// Runs a command with our own standard input and outputs to its end, and returns its exit code (128 + signal
/// after a signal). Signals to us are passed on; when one has ended it, what it started elsewhere is ended
/// too. With a terminal of its own, ours is relayed and left as it was. To be called before any thread is
/// started. Throws Error: not_found when there is no such program.
int run_attended(const runtime::Attended& attended);

} // namespace skerry::cli
