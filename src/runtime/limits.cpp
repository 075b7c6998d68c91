#include "runtime/limits.hpp"

namespace skerry::runtime {

std::vector<ResourceLimit> resource_limits(const Limits& limits, bool memory_is_grouped)
{
    // No core files: they would hold secrets and land in the project's folder.
    std::vector<ResourceLimit> result{{RLIMIT_CORE, 0}, {RLIMIT_NOFILE, limits.open_files}};
    if (!memory_is_grouped) result.emplace_back(RLIMIT_DATA, limits.memory);
    return result;
}

std::string text_of(const Limits& limits)
{
    return "memory " + std::to_string(limits.memory >> 20U) + " MiB, " + std::to_string(limits.processes) +
           " processes, " + std::to_string(limits.open_files) + " open files";
}

} // namespace skerry::runtime
