#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace skerry::runtime {

/// The processes that `root` started, and those that they started, as they are now; parents before children,
/// older before younger, without `root`. Processes in pid namespaces below ours are among them.
std::vector<pid_t> descendants_of(pid_t root);

/// The processes whose parent is `parent`, the oldest first.
std::vector<pid_t> children_of(pid_t parent);

/// What it runs, as the kernel calls it (15 bytes of the file's name); empty when it is gone.
std::string name_of_process(pid_t pid);

/// The memory in bytes that it has to itself, 0 when it is gone.
std::uint64_t memory_of(pid_t pid);

/// Sends `signal` to everything below `root`. Returns how many processes there were.
std::size_t signal_descendants(pid_t root, int signal);

} // namespace skerry::runtime
