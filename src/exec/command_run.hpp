#pragma once

#include "exec/attempt_lock.hpp"
#include "util/output.hpp"
#include "util/process.hpp"

#include <stop_token>

namespace skerry::exec {

/// Who hears what a command writes; all on the thread that runs it. A long line comes in pieces.
struct Listeners {
    process::Sink output;   ///< a line of its standard output
    process::Sink errors;   ///< a line of its standard error
    process::Sink messages; ///< bytes that it wrote to its descriptor 3
};

/// Runs the command to its end, in a process group that inherits `lock` as descriptor 4, and says how it
/// ended. What it leaves running in its group is ended.
///
/// Whatever other way this is left (stop, a listener that throws) the whole group has been ended: TERM first,
/// KILL after the grace. What it says meanwhile is still heard.
///
/// Throws Error: cancelled on stop, and what process::Child throws.
process::Ending run_command(process::Command command, AttemptLock& lock, const Listeners& listeners,
                            const std::stop_token& stop, const Patience& patience = {});

} // namespace skerry::exec
