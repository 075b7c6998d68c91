#include "web/identity.hpp"

#include "fuzz/property.hpp"
#include "support/site.hpp"
#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "web/guard.hpp"

#include <arpa/inet.h>
#include <array>

/// The bytes, parted by line breaks: a cookie, an authorization, a chain of proxies, a host, an origin, and a
/// network. Who asks and from where is never read out of something else.
namespace skerry::fuzz {
namespace {

web::Site& site()
{
    static test::WholeSite whole(
        {.base_url = "https://skerry.example", .trusted_proxies = {"10.0.0.0/8", "::1"}});
    return whole.site;
}

bool is_address(const std::string& text)
{
    std::array<unsigned char, 16> bytes{};
    if (text.find('\0') != std::string::npos) return false; // C would read up to there only
    return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

void check_cookie(const std::string& others)
{
    const auto alone = web::proof_in({.headers = {{"Cookie", others}}});
    require(alone.is_cookie == !alone.text.empty(), "a proof of a cookie is there");
    require(alone.text.find(';') == std::string::npos, "a cookie ends with a semicolon");
    const auto ours = web::login_cookie(site(), "abc", 60);
    const auto pair = ours.substr(0, ours.find(';'));
    const auto first = web::proof_in({.headers = {{"Cookie", pair + "; " + others}}});
    require(first.text == "abc" && first.is_cookie, "what stands behind a cookie does not change it");
    const auto last = web::proof_in({.headers = {{"Cookie", others + "; " + pair}}});
    require(last.text == (alone.text.empty() ? "abc" : alone.text), "a login is found behind other cookies");
}

void check_authorization(const std::string& authorization)
{
    const auto proof =
        web::proof_in({.headers = {{"Authorization", authorization}, {"Cookie", "skerry_login=abc"}}});
    const bool is_ours = authorization.starts_with("Bearer ") || authorization.starts_with("Basic ");
    require(proof.is_cookie != is_ours, "a token goes before a cookie, and nothing else does");
    if (const auto bytes = from_base64(authorization))
        require(from_base64(base64(*bytes)) == bytes, "base64 is read as it is written");
    const auto basic =
        web::proof_in({.headers = {{"Authorization", "Basic " + base64("a:" + authorization)}}});
    require(basic.text == authorization, "a password may hold anything");
}

void check_addresses(const std::string& hops, const std::string& network)
{
    const http::Headers headers{{"X-Forwarded-For", hops}};
    const auto from_stranger = web::client_address(site(), {.headers = headers, .address = "192.0.2.7"});
    require(from_stranger == "192.0.2.7", "a stranger cannot say where from");
    const auto from_proxy = web::client_address(site(), {.headers = headers, .address = "10.0.0.1"});
    require(is_address(from_proxy), "where from is an address");
    if (is_address(network)) require(web::in_network(network, network), "an address is a network of its own");
    const bool holds = web::in_network("10.1.2.3", network);
    require(!holds || !web::in_network("::1", network), "a network is of one kind");
}

template <class Check> bool is_let_in(const Check& check)
{
    try {
        check();
        return true;
    } catch (const Error& fault) {
        require(fault.code() == Code::forbidden, "a foreign page is forbidden");
        return false;
    }
}

void check_guard(const std::string& host, const std::string& origin)
{
    const http::Request request{.headers = {{"Host", host}, {"Origin", origin}}};
    if (is_let_in([&] { web::require_own_host(site(), request); })) {
        const auto name = host.substr(
            0, host.rfind(':') == std::string::npos || host.ends_with(']') ? host.size() : host.rfind(':'));
        require(name == "localhost" || name == "127.0.0.1" || name == "[::1]" || name == "skerry.example",
                "a Host is one of ours");
    }
    if (is_let_in([&] { web::require_own_origin(site(), request, true); }))
        require(origin.find("://" + host) != std::string::npos ||
                    origin.find("://skerry.example") != std::string::npos,
                "an Origin is of this address");
}

void check(const std::string& bytes)
{
    auto lines = split(bytes, '\n');
    lines.resize(6);
    check_cookie(lines[0]);
    check_authorization(lines[1]);
    check_addresses(lines[2], lines[5]);
    check_guard(lines[3], lines[4]);
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
