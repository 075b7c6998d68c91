#pragma once

#include <filesystem>

namespace skerry::runtime {

/// What the hidden command `skerry __supervise <state folder>` does: goes into the background and keeps the
/// services of <state folder>/stack.json running until it is told to stop. Returns an exit code: in the
/// caller's process as soon as the supervisor stands, in the supervisor itself at its end. Call it before any
/// thread is started. Throws Error when the supervisor cannot be set up.
int supervise(const std::filesystem::path& state);

} // namespace skerry::runtime
