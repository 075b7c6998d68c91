#pragma once

#include <cstdint>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace skerry::runtime {

constexpr std::uint64_t default_memory = 2ULL << 30U; ///< 2 GiB
constexpr std::uint64_t default_processes = 512;      ///< threads count
constexpr std::uint64_t default_open_files = 4096;

/// What one service may use: memory in bytes and processes (threads count) of all it starts together where
/// control groups can be had, else of each process and of the user; open files of each process.
struct Limits {
    std::uint64_t memory = default_memory;
    std::uint64_t processes = default_processes;
    std::uint64_t open_files = default_open_files;
    bool operator==(const Limits&) const = default;
};

using ResourceLimit = std::pair<int, rlim_t>; ///< RLIMIT_..., soft and hard

/// What every process of a service gets by setrlimit. Without a control group for memory RLIMIT_DATA stands
/// in: RLIMIT_AS would count the address space that JavaScript engines reserve and never touch.
std::vector<ResourceLimit> resource_limits(const Limits& limits, bool memory_is_grouped);

/// "memory 2048 MiB, 512 processes, 4096 open files"
std::string text_of(const Limits& limits);

} // namespace skerry::runtime
