#include "http/headers.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::http {
namespace {

constexpr auto hop_by_hop = std::to_array<std::string_view>(
    {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE",
     "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"});

char small(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

} // namespace

bool same_name(std::string_view left, std::string_view right) noexcept
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return small(a) == small(b); });
}

std::string_view value_of(const Headers& headers, std::string_view name) noexcept
{
    for (const auto& [header, value] : headers)
        if (same_name(header, name)) return value;
    return {};
}

bool lists(std::string_view list, std::string_view word) noexcept
{
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (same_name(trim(list.substr(0, comma)), word)) return true;
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return false;
}

bool is_for_one_hop(std::string_view name, std::string_view connection) noexcept
{
    const auto is_it = [&](std::string_view other) { return same_name(name, other); };
    return std::any_of(hop_by_hop.begin(), hop_by_hop.end(), is_it) || lists(connection, name);
}

bool is_line(std::string_view text) noexcept
{
    const auto has = [text](char letter) { return text.find(letter) != std::string_view::npos; };
    return !has('\r') && !has('\n') && !has('\0'); // three quick looks; one for any of them is slow
}

} // namespace skerry::http
