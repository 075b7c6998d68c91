#pragma once

#include <cstdint>
#include <string>

namespace skerry::cli {

/// "414.9 MiB"
std::string bytes_for_people(std::uint64_t bytes);

} // namespace skerry::cli
