#pragma once

#include "runtime/runtime.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::runtime {

/// Which of the optional namespaces this machine gives this user. The others (pid, ipc, uts, mount) always
/// are.
struct Fence {
    bool user = true;          ///< a user namespace of its own
    bool no_more_users = true; ///< and none that the service could make inside, with capabilities in it
    bool cgroup = true;
    bool operator==(const Fence&) const = default;
};

/// Tries what works, once. Throws Error unavailable when bubblewrap is missing or may not do anything here.
Fence find_fence();

/// Where bwrap is. Throws Error unavailable when it is not installed.
std::filesystem::path bubblewrap();

/// The options that make the sandbox of one service, environment included: for `bwrap --args`, never for a
/// command line, which others can read.
///
/// Inside: the system's folders read-only, the project's folder writable at its own path (absent without
/// `writes_project`), an own /tmp, /dev, /proc and HOME. Everything else is absent.
/// Throws Error bad_request when a path or a variable could not be passed on faithfully.
std::vector<std::string> sandbox_options(const Stack& stack, const Service& service, const Fence& fence);

/// The file that `service` will run inside its sandbox. Throws Error not_found when it is not there, is no
/// program or cannot be seen from inside.
std::filesystem::path program_in_sandbox(const Stack& stack, const Service& service);

} // namespace skerry::runtime
