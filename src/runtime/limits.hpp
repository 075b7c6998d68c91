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

/// What one service may use: memory in bytes and processes (threads count) of all it starts together, open
/// files of each process. The kernel holds the limit on memory where control groups can be had, else the
/// supervisor, who looks once a second.
struct Limits {
    std::uint64_t memory = default_memory;
    std::uint64_t processes = default_processes;
    std::uint64_t open_files = default_open_files;
    bool operator==(const Limits&) const = default;
};

using ResourceLimit = std::pair<int, rlim_t>; ///< RLIMIT_..., soft and hard

/// What every process of a service gets by setrlimit. Memory is not among it: RLIMIT_AS and RLIMIT_DATA count
/// the address space that JavaScript engines reserve and never touch, 70 GiB and more.
std::vector<ResourceLimit> resource_limits(const Limits& limits);

/// "memory 2048 MiB, 512 processes, 4096 open files"
std::string text_of(const Limits& limits);

} // namespace skerry::runtime
