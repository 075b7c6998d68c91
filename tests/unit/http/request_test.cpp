#include "http/forward.hpp"
#include "http/headers.hpp"
#include "http/request.hpp"
#include "http/status.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("a whole body has a limit, whether its length is known or not")
{
    const auto ask = [](std::size_t largest) {
        return http::whole_body({.body = http::given_body("12345")}, largest);
    };
    CHECK(ask(5) == "12345");
    CHECK_THROWS_AS(ask(4), Error);
    CHECK(http::whole_body({}, 0) == "");

    http::Request request{.body = http::given_body("12345")};
    std::string piece;
    CHECK(request.body->read(piece));
    CHECK(piece == "12345");
    CHECK_FALSE(request.body->read(piece));
    CHECK_FALSE(request.body->read(piece));
}

TEST_CASE("what is between two of us is known by its name or because Connection names it")
{
    CHECK(http::is_for_one_hop("transfer-encoding", ""));
    CHECK(http::is_for_one_hop("X-Mine", "close , x-mine"));
    CHECK_FALSE(http::is_for_one_hop("X-Mine", "close"));
    CHECK_FALSE(http::is_for_one_hop("Accept", "Accepted"));
    CHECK(http::lists("keep-alive, Close", "close"));
    CHECK_FALSE(http::lists("", ""));
}

TEST_CASE("what is below a part of a target keeps its escapes and its query")
{
    CHECK(http::below("/api/projects/p1/agent/session/a%2Fb?x=%20", 4) == "/session/a%2Fb?x=%20");
    CHECK(http::below("/api/agent", 2) == "/");
    CHECK(http::below("/api/agent/", 2) == "/");
    CHECK(http::below("/api/agent?x=/y", 2) == "/?x=/y");
    CHECK(http::below("/api", 2) == "/");
    CHECK(http::below("/a//b", 2) == "/b");
}

TEST_CASE("every error has a status, and every status of ours a name")
{
    CHECK(http::status_of(Code::too_large) == 413);
    CHECK(http::code_of(404) == "NOT_FOUND");
    CHECK(http::code_of(413) == "PAYLOAD_TOO_LARGE");
    CHECK(http::error_answer(400, "a \"b\"").body ==
          "{\"error\":{\"code\":\"BAD_REQUEST\",\"message\":\"a \\\"b\\\"\"}}\n");
}
