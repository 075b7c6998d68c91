#include "web/guard.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace skerry::web {
namespace {

/// "localhost" of "localhost:4321", "[::1]" of "[::1]:4321".
std::string_view name_in(std::string_view host)
{
    const auto bracket = host.rfind(']');
    const auto colon = host.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? host.substr(0, colon) : host;
}

/// What stands between "https://" and the first slash.
std::string_view host_in(std::string_view url)
{
    const auto begin = url.find("://");
    if (begin == std::string_view::npos) return {};
    url.remove_prefix(begin + 3);
    return url.substr(0, url.find('/'));
}

bool is_own_name(const Site& site, std::string_view name)
{
    static constexpr std::array<std::string_view, 3> loopback{"localhost", "127.0.0.1", "[::1]"};
    const auto is_name = [&](std::string_view own) { return own == name; };
    return std::any_of(loopback.begin(), loopback.end(), is_name) ||
           std::any_of(site.options.hosts.begin(), site.options.hosts.end(), is_name) ||
           (!site.options.base_url.empty() && name == name_in(host_in(site.options.base_url)));
}

struct Bits {
    std::array<unsigned char, 16> bytes{};
    unsigned count = 0; ///< 32 or 128; 0: not an address
};

Bits bits_of(std::string_view address)
{
    Bits bits;
    if (address.find('\0') != std::string_view::npos) return bits; // inet_pton reads up to there only
    const std::string text(address);
    if (::inet_pton(AF_INET, text.c_str(), bits.bytes.data()) == 1) bits.count = 32;
    if (bits.count == 0 && ::inet_pton(AF_INET6, text.c_str(), bits.bytes.data()) == 1) bits.count = 128;
    return bits;
}

struct Network {
    Bits bits;
    unsigned length = 0;
};

std::optional<Network> network_of(std::string_view text)
{
    const auto slash = text.find('/');
    Network network{.bits = bits_of(text.substr(0, slash))};
    if (network.bits.count == 0) return std::nullopt;
    network.length = network.bits.count;
    if (slash == std::string_view::npos) return network;
    const auto digits = text.substr(slash + 1);
    const auto* end = digits.data() + digits.size();
    const auto [stop, fault] = std::from_chars(digits.data(), end, network.length);
    if (fault != std::errc() || stop != end || network.length > network.bits.count) return std::nullopt;
    return network;
}

/// The addresses of all X-Forwarded-For, for some proxies add theirs as a header of its own.
std::vector<std::string> forwarded_for(const http::Request& request)
{
    std::vector<std::string> hops;
    for (const auto& [name, value] : request.headers)
        if (http::same_name(name, "X-Forwarded-For"))
            for (const auto& hop : split(value, ',')) hops.emplace_back(trim(hop));
    return hops;
}

bool is_trusted(const Site& site, std::string_view address)
{
    const auto& proxies = site.options.trusted_proxies;
    return std::any_of(proxies.begin(), proxies.end(),
                       [&](const std::string& network) { return in_network(address, network); });
}

} // namespace

void require_own_host(const Site& site, const http::Request& request)
{
    if (site.options.over_unix_socket || is_own_name(site, name_in(request.header("Host")))) return;
    throw Error(Code::forbidden,
                "this server does not answer to that Host; --base-url names one it is to have");
}

void require_own_origin(const Site& site, const http::Request& request, bool with_cookie)
{
    const auto origin = request.header("Origin");
    if (origin.empty() && !with_cookie) return;
    const auto host = host_in(origin);
    const auto& base_url = site.options.base_url;
    const bool is_ours =
        !host.empty() && (host == request.header("Host") || (!base_url.empty() && host == host_in(base_url)));
    if (is_ours) return;
    throw Error(Code::forbidden, origin.empty() ? "a request with a cookie must say its Origin"
                                                : "a page of another site may not ask for that");
}

std::string client_address(const Site& site, const http::Request& request)
{
    if (!is_trusted(site, request.address) && !site.options.over_unix_socket) return request.address;
    auto hops = forwarded_for(request);
    while (!hops.empty()) { // each proxy has added the one it got the request from
        const auto& hop = hops.back();
        if (bits_of(hop).count == 0) break;
        if (!is_trusted(site, hop)) return hop;
        hops.pop_back();
    }
    return request.address;
}

bool in_network(std::string_view address, std::string_view network)
{
    const auto wanted = network_of(network);
    const auto given = bits_of(address);
    if (!wanted || given.count == 0 || given.count != wanted->bits.count) return false;
    for (unsigned bit = 0; bit < wanted->length; ++bit) {
        const auto mask = 0x80U >> (bit % 8);
        if ((given.bytes.at(bit / 8) & mask) != (wanted->bits.bytes.at(bit / 8) & mask)) return false;
    }
    return true;
}

void require_network(std::string_view network)
{
    if (!network_of(network))
        throw Error(Code::bad_request, "'" + std::string(network) + "' is no network",
                    {.hint = "an address, or 10.0.0.0/8"});
}

void add_security_headers(const Site& site, http::Response& response)
{
    auto& headers = response.headers;
    constexpr std::size_t most_added = 8;
    headers.reserve(headers.size() + most_added);
    const auto add = [&](const char* name, const char* value) {
        const auto is_it = [&](const auto& header) { return header.first == name; };
        if (std::none_of(headers.begin(), headers.end(), is_it)) headers.emplace_back(name, value);
    };
    add("X-Content-Type-Options", "nosniff");
    add("X-Frame-Options", "DENY");
    add("Referrer-Policy", "no-referrer");
    add("Cross-Origin-Resource-Policy", "same-origin");
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    if (site.options.base_url.starts_with("https://")) add("Strict-Transport-Security", "max-age=31536000");
    if (!response.feed) add("Cache-Control", "no-store"); // a stream has its own
}

} // namespace skerry::web
