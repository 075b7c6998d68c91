#include "cli/bytes.hpp"

#include <array>
#include <cstdio>

namespace skerry::cli {

std::string bytes_for_people(std::uint64_t bytes)
{
    constexpr double kibi = 1024;
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= kibi && unit + 1 < units.size(); ++unit) size /= kibi;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return text.data();
}

} // namespace skerry::cli
