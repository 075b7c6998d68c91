#include "http/content_type.hpp"
#include "http/request_head.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using http::percent_decoded;

namespace {

http::RequestHead parse_head(std::string_view text)
{
    return http::parse_head(text, 1000);
}

} // namespace

TEST_CASE("an escaped path is decoded, and a broken escape or a control character is nothing")
{
    CHECK(percent_decoded("/a%20b%2Fc%C3%A9") == "/a b/cé");
    CHECK(percent_decoded("") == "");
    for (const auto* bad : {"%", "%4", "%zz", "a%00b", "a%0ab", "%7f", "a\tb"})
        CHECK_FALSE(percent_decoded(bad));
}

TEST_CASE("a good head tells how the request goes on")
{
    const auto post =
        parse_head("POST /x?a=1 HTTP/1.1\r\nHost: h\r\ncontent-length: 12\r\nConnection: Close\r\n\r\n");
    CHECK(post.refusal == 0);
    CHECK(post.request.path == "/x");
    CHECK(post.length == 12);
    CHECK_FALSE(post.chunked);
    CHECK_FALSE(post.keep_alive);

    const auto chunks = parse_head("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");
    CHECK(chunks.chunked);
    CHECK(chunks.keep_alive);

    const auto old = parse_head("GET / HTTP/1.0\r\n\r\n");
    CHECK(old.refusal == 0);
    CHECK_FALSE(old.keep_alive);
    CHECK_FALSE(parse_head("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, close\r\n\r\n").keep_alive);
    CHECK(parse_head("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n").refusal == 400);
}

TEST_CASE("too many headers are refused")
{
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int number = 0; number < 100; ++number) head += "X: 1\r\n";
    CHECK(parse_head(head + "\r\n").refusal == 431);
}

TEST_CASE("the content type follows from the end of a file's name")
{
    CHECK(http::content_type_of("a/b.HTML") == "text/html; charset=utf-8");
    CHECK(http::content_type_of("server.mjs") == "text/javascript; charset=utf-8");
    CHECK(http::content_type_of("a.tar.gz") == "application/octet-stream");
    CHECK(http::content_type_of("README") == "application/octet-stream");
    CHECK(http::content_type_of("") == "application/octet-stream");
}
