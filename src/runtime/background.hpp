#pragma once

#include "util/file_lock.hpp"

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace skerry::runtime {

/// Closes every descriptor but 0, 1 and 2.
void close_inherited();

/// Continues in a process that has no terminal, no session and no parent of the caller's, with stdin from
/// /dev/null and stdout and stderr in `output` (0600, begun anew). The calling process exits with 0. Throws
/// Error, still in the calling process.
void go_to_background(const std::filesystem::path& output);

/// Writes the pid of this process into a lock that it holds, for those who find it held.
void write_pid(const FileLock& lock);
/// The pid that is written there. Only as true as the lock is held.
std::optional<pid_t> read_pid(const std::filesystem::path& lock);

} // namespace skerry::runtime
