#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Docker's own choice of networks is used up after about thirty of them, since each takes 65,536 addresses.
/// So skerry chooses small ones itself.
namespace skerry::runtime::docker {

/// A block of IPv4 addresses.
struct Subnet {
    std::uint32_t address = 0; ///< the first one
    int bits = 0;              ///< how many of the leading bits all have in common
    bool operator==(const Subnet&) const = default;
};
/// "10.201.0.16/28"
std::string text_of(const Subnet& subnet);
/// Nothing for what is none, IPv6 for instance.
std::optional<Subnet> parse_subnet(std::string_view text);
bool overlap(const Subnet& one, const Subnet& other) noexcept;

/// Where this machine sends what is not for everybody else, from the text of /proc/net/route.
std::vector<Subnet> routed(std::string_view routes);

/// Sixteen addresses that nobody in `taken` has; where the search begins follows from `name`, so that two who
/// search at once hardly meet. Nothing when all are taken.
std::optional<Subnet> free_subnet(const std::vector<Subnet>& taken, std::string_view name);
/// Where free_subnet() looks: "10.201.0.0/16 and 172.31.0.0/16".
std::string ranges_of_subnets();

} // namespace skerry::runtime::docker
