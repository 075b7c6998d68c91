#pragma once

#include "runtime/usage_meter.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <sys/types.h>

namespace skerry::runtime {

/// Measures services that a supervisor runs, by what the kernel tells of their processes.
class LocalUsage : public UsageMeter {
public:
    /// `memory_limit` of each service in bytes.
    LocalUsage(std::filesystem::path state, std::uint64_t memory_limit);
    std::vector<ServiceUsage> next(std::stop_token stop) override;

private:
    /// Processor time by process: one that ends takes its own with it, so that sums would shrink.
    using Ticks = std::map<pid_t, std::uint64_t>;
    struct Sample {
        std::map<std::string, Ticks> ticks{}; ///< by service
        std::int64_t time = 0;                ///< monotonic milliseconds
    };
    [[nodiscard]] Sample sample(std::vector<ServiceUsage>& usage) const;

    std::filesystem::path state_;
    std::uint64_t memory_limit_;
    Sample last_;
};

} // namespace skerry::runtime
