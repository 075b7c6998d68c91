#include "runtime/usage_meter.hpp"

#include "runtime/docker/container_usage.hpp"
#include "runtime/limits.hpp"
#include "runtime/local_usage.hpp"

namespace skerry::runtime {

std::unique_ptr<UsageMeter> make_meter(std::string_view runtime, const std::string& stack_id,
                                       const std::filesystem::path& state)
{
    if (runtime == "docker") return std::make_unique<docker::ContainerUsage>(stack_id);
    return std::make_unique<LocalUsage>(state, Limits().memory);
}

} // namespace skerry::runtime
