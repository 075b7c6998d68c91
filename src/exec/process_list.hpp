#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

/// What /proc tells about the processes of this machine; those of other users may keep some of it secret.
namespace skerry::exec {

/// When the process began, in clock ticks since the machine's start: with its number that is a name which no
/// other process ever gets. Nothing when there is none.
std::optional<std::uint64_t> start_of(pid_t pid);

/// The processes of the group that are alive; those that only wait to be reaped are not.
std::vector<pid_t> members_of(pid_t group);

/// The processes that have inherited the file, and so are to keep it open. Those that opened it for
/// themselves alone (close-on-exec) are not among them.
std::vector<pid_t> heirs_of(const std::filesystem::path& file);

/// Whether the process was started with that variable.
bool has_variable(pid_t pid, const std::string& name, const std::string& value);

} // namespace skerry::exec
