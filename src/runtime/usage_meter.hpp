#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime {

/// What one service uses with all its processes.
struct ServiceUsage {
    std::string service;
    double cpu = 0;                 ///< cores: 0.5 is half of one
    std::uint64_t memory = 0;       ///< bytes
    std::uint64_t memory_limit = 0; ///< bytes; 0: unknown
    std::uint64_t processes = 0;
    std::optional<std::uint64_t> received{}; ///< bytes from the network since its start
    std::optional<std::uint64_t> sent{};
    std::optional<std::uint64_t> read{}; ///< bytes from disks since its start
    std::optional<std::uint64_t> written{};
};

/// Measures the services of one stack, again and again, from the moment it is made. For one thread.
class UsageMeter {
public:
    UsageMeter() = default;
    UsageMeter(const UsageMeter&) = delete;
    UsageMeter& operator=(const UsageMeter&) = delete;
    virtual ~UsageMeter() = default;

    /// What they used during the last second, which it waits for; of services that do not run, nothing.
    /// Throws Error cancelled on stop, and what the runtime throws.
    virtual std::vector<ServiceUsage> next(std::stop_token stop) = 0;
};

/// For the services of a stack under the runtime of that name. Throws Error as
/// that runtime does.
std::unique_ptr<UsageMeter> make_meter(std::string_view runtime, const std::string& stack_id,
                                       const std::filesystem::path& state);

} // namespace skerry::runtime
