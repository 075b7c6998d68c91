#include "support/accounts.hpp"
#include "support/site.hpp"
#include "web/guard.hpp"

#include <doctest/doctest.h>

namespace skerry::guard_test {

using test::code_of;
using test::WholeSite;

http::Request with(http::Headers headers, const std::string& address = "192.0.2.7")
{
    return {.headers = std::move(headers), .address = address};
}

bool takes_host(const WholeSite& world, const std::string& host)
{
    return !code_of([&] { web::require_own_host(world.site, with({{"Host", host}})); });
}

bool takes_origin(const WholeSite& world, const std::string& origin, bool with_cookie = true)
{
    http::Headers headers{{"Host", "skerry.example"}};
    if (!origin.empty()) headers.emplace_back("Origin", origin);
    return !code_of([&] { web::require_own_origin(world.site, with(headers), with_cookie); });
}

TEST_CASE("the names of loopback are the server's own, with any port")
{
    const WholeSite world;
    for (const auto* host : {"localhost", "localhost:4321", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:80"})
        CHECK_MESSAGE(takes_host(world, host), host);
}

TEST_CASE("any other Host is refused, however much it looks like one of ours")
{
    const WholeSite world;
    for (const auto* host : {"", "evil.example", "localhost.evil.example", "evil.example:4321", "127.0.0.1.x",
                             "notlocalhost", "localhost@evil.example", "::1", "[::1", "[::2]", "x[::1]"})
        CHECK_MESSAGE(!takes_host(world, host), host);
}

TEST_CASE("names that were given and that of the base URL are the server's own")
{
    const WholeSite world({.hosts = {"192.0.2.1"}, .base_url = "https://skerry.example:8443/x"});
    for (const auto* host : {"192.0.2.1:4321", "skerry.example", "skerry.example:8443"})
        CHECK_MESSAGE(takes_host(world, host), host);
    CHECK_FALSE(takes_host(world, "other.example"));
    CHECK_FALSE(takes_host(world, ""));
}

TEST_CASE("over a unix socket any Host will do")
{
    const WholeSite world({.over_unix_socket = true});
    CHECK(takes_host(world, "whatever"));
}

TEST_CASE("a cookie needs an Origin, and an Origin must be ours even without a cookie")
{
    const WholeSite world;
    CHECK(takes_origin(world, "http://skerry.example"));
    CHECK(takes_origin(world, "", false));
    CHECK_FALSE(takes_origin(world, "", true));
    for (const auto* origin : {"null", "http://evil.example", "http://skerry.example:81", "skerry.example",
                               "http://", "http://skerry.example.evil.example"}) {
        CHECK_MESSAGE(!takes_origin(world, origin, true), origin);
        CHECK_MESSAGE(!takes_origin(world, origin, false), origin);
    }
}

TEST_CASE("behind a proxy that changes the Host the base URL is an Origin of ours")
{
    const WholeSite world({.base_url = "https://people.example"});
    CHECK(takes_origin(world, "https://people.example"));
    CHECK_FALSE(takes_origin(world, "https://people.example.evil.example"));
}

TEST_CASE("an address lies in a network when its first bits say so")
{
    CHECK(web::in_network("10.1.2.3", "10.0.0.0/8"));
    CHECK(web::in_network("10.1.2.3", "10.1.2.3"));
    CHECK(web::in_network("10.1.2.3", "0.0.0.0/0"));
    CHECK(web::in_network("192.168.5.127", "192.168.5.64/26"));
    CHECK_FALSE(web::in_network("192.168.5.128", "192.168.5.64/26"));
    CHECK_FALSE(web::in_network(std::string_view("10.1.2.3\0x", 10), "10.0.0.0/8"));
    CHECK_FALSE(web::in_network("11.1.2.3", "10.0.0.0/8"));
    CHECK(web::in_network("2001:db8::1", "2001:db8::/32"));
    CHECK_FALSE(web::in_network("2001:db9::1", "2001:db8::/32"));
    CHECK_FALSE(web::in_network("10.1.2.3", "::/0"));
    CHECK_FALSE(web::in_network("", "0.0.0.0/0"));
}

TEST_CASE("what is no network is said to be none")
{
    for (const auto* good : {"10.0.0.0/8", "10.1.2.3", "::1", "::/0", "10.0.0.0/32"})
        CHECK_MESSAGE(!code_of([&] { web::require_network(good); }), good);
    for (const auto* bad : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "::/129", "a.example",
                            "10.0.0.0/8x", " 10.0.0.0/8", "10.0.0.0/8/8"})
        CHECK_MESSAGE(code_of([&] { web::require_network(bad); }) == Code::bad_request, bad);
}

TEST_CASE("who is no trusted proxy is the client, whatever it says")
{
    const WholeSite world({.trusted_proxies = {"10.0.0.0/8"}});
    CHECK(web::client_address(world.site, with({{"X-Forwarded-For", "198.51.100.1"}})) == "192.0.2.7");
}

TEST_CASE("a trusted proxy says who the client is, and what the client said of itself is not believed")
{
    const WholeSite world({.trusted_proxies = {"10.0.0.0/8"}});
    const auto client = [&](const std::string& hops) {
        return web::client_address(world.site, with({{"X-Forwarded-For", hops}}, "10.0.0.1"));
    };
    CHECK(client("198.51.100.1") == "198.51.100.1");
    CHECK(client("203.0.113.9, 198.51.100.1") == "198.51.100.1");
    CHECK(client("203.0.113.9, 198.51.100.1 , 10.0.0.2") == "198.51.100.1");
    CHECK(client("2001:db8::1") == "2001:db8::1");
    CHECK(client("198.51.100.1, what") == "10.0.0.1");
    CHECK(client("") == "10.0.0.1");
    CHECK(client("10.0.0.3, 10.0.0.2") == "10.0.0.1");
}

TEST_CASE("a proxy may add its word as a header of its own, behind the one the client sent")
{
    const WholeSite world({.trusted_proxies = {"10.0.0.1"}});
    const auto request = with(
        {{"X-Forwarded-For", "203.0.113.9"}, {"x-forwarded-for", "198.51.100.1"}, {"Host", "h"}}, "10.0.0.1");
    CHECK(web::client_address(world.site, request) == "198.51.100.1");
}

TEST_CASE("over a unix socket the proxy in front is believed")
{
    const WholeSite world({.over_unix_socket = true});
    CHECK(web::client_address(world.site, with({{"X-Forwarded-For", "198.51.100.1"}}, "")) == "198.51.100.1");
    CHECK(web::client_address(world.site, with({}, "")).empty());
}

TEST_CASE("every answer says what a page may do, and an answer's own word counts")
{
    const WholeSite world({.base_url = "https://skerry.example"});
    http::Response response{.headers = {{"Cache-Control", "no-cache"}}};
    web::add_security_headers(world.site, response);
    CHECK(http::value_of(response.headers, "X-Frame-Options") == "DENY");
    CHECK(http::value_of(response.headers, "Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(http::value_of(response.headers, "Strict-Transport-Security") == "max-age=31536000");
    CHECK(http::value_of(response.headers, "Cache-Control") == "no-cache");
}

} // namespace skerry::guard_test
