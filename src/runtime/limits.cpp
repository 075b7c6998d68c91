#include "runtime/limits.hpp"

namespace skerry::runtime {

std::vector<ResourceLimit> resource_limits(const Limits& limits)
{
    // No core files: they would hold secrets and land in the project's folder.
    return {{RLIMIT_CORE, 0}, {RLIMIT_NOFILE, limits.open_files}};
}

std::string text_of(const Limits& limits)
{
    return "memory " + std::to_string(limits.memory >> 20U) + " MiB, " + std::to_string(limits.processes) +
           " processes, " + std::to_string(limits.open_files) + " open files";
}

} // namespace skerry::runtime
