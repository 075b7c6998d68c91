#include "runtime/docker/subnets.hpp"

#include "util/digest.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace skerry::runtime::docker {
namespace {

constexpr int bits_of_one = 28;
/// Seldom used by anybody else; 4096 networks each.
constexpr std::array ranges{Subnet{0x0AC90000U, 16} /* 10.201.0.0 */,
                            Subnet{0xAC1F0000U, 16} /* 172.31.0.0 */};

std::uint32_t mask_of(int bits) noexcept
{
    return bits == 0 ? 0 : ~std::uint32_t{0} << static_cast<unsigned>(32 - bits);
}

/// A column of /proc/net/route: an address as the processor holds it, in network order.
std::optional<std::uint32_t> routed_address(std::string_view text)
{
    std::uint32_t raw = 0;
    const auto* const end = text.data() + text.size();
    if (std::from_chars(text.data(), end, raw, 16).ptr != end || text.size() != 8) return std::nullopt;
    return __builtin_bswap32(raw);
}

std::optional<std::uint32_t> parse_address(std::string_view text)
{
    const auto parts = split(text, '.');
    if (parts.size() != 4) return std::nullopt;
    std::uint32_t address = 0;
    for (const auto& part : parts) {
        const auto number = number_in(part);
        if (!number || *number > 255) return std::nullopt;
        address = (address << 8U) | static_cast<std::uint32_t>(*number);
    }
    return address;
}

} // namespace

std::string text_of(const Subnet& subnet)
{
    std::vector<std::string> parts;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        parts.push_back(std::to_string((subnet.address >> shift) & 0xFFU));
    return join(parts, ".") + "/" + std::to_string(subnet.bits);
}

std::optional<Subnet> parse_subnet(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = parse_address(text.substr(0, slash));
    const auto bits = number_in(text.substr(slash + 1));
    if (!address || !bits || *bits > 32) return std::nullopt;
    return Subnet{*address & mask_of(static_cast<int>(*bits)), static_cast<int>(*bits)};
}

bool overlap(const Subnet& one, const Subnet& other) noexcept
{
    const auto mask = mask_of(std::min(one.bits, other.bits));
    return (one.address & mask) == (other.address & mask);
}

std::vector<Subnet> routed(std::string_view routes)
{
    std::vector<Subnet> found;
    for (const auto& line : split(routes, '\n')) {
        const auto columns = split(line, '\t'); // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
        if (columns.size() < 8) continue;
        const auto address = routed_address(trim(columns[1]));
        const auto mask = routed_address(trim(columns[7]));
        if (address && mask && *mask != 0) found.push_back({*address, __builtin_popcount(*mask)});
    }
    return found;
}

std::optional<Subnet> free_subnet(const std::vector<Subnet>& taken, std::string_view name)
{
    const auto digest = sha256(name);
    const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(digest[at])}; };
    const auto begin = (byte(0) << 8U) | byte(1);
    for (const auto& range : ranges) {
        const auto count = std::uint32_t{1} << static_cast<unsigned>(bits_of_one - range.bits);
        for (std::uint32_t step = 0; step < count; ++step) {
            const auto place = (begin + step) % count;
            const Subnet one{range.address + (place << static_cast<unsigned>(32 - bits_of_one)), bits_of_one};
            if (std::none_of(taken.begin(), taken.end(),
                             [&](const auto& other) { return overlap(one, other); }))
                return one;
        }
    }
    return std::nullopt;
}

std::string ranges_of_subnets()
{
    std::vector<std::string> all;
    for (const auto& range : ranges) all.push_back(text_of(range));
    return join(all, " and ");
}

} // namespace skerry::runtime::docker
