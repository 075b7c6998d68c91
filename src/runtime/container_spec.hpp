#pragma once

#include <cstdint>
#include <string>

namespace skerry::runtime {

/// What a service is run in by runtimes that use images; the others ignore it.
struct ContainerSpec {
    std::string image{};         ///< must not be empty there
    std::uint64_t memory = 0;    ///< bytes; 0: as the runtime's Limits say
    double cpus = 0;             ///< how many processors' worth of time; 0: the runtime's default
    std::uint64_t processes = 0; ///< threads count; 0: as the runtime's Limits say
    /// The service whose container this one shares when that runs; empty: only its own.
    std::string beside{};
    bool operator==(const ContainerSpec&) const = default;
};

} // namespace skerry::runtime
