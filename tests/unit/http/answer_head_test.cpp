#include "http/answer_head.hpp"

#include <doctest/doctest.h>

using namespace skerry::http;

namespace {

/// Hears nothing; only that it is there counts.
class Silence final : public Feed {
    Next next(std::vector<Piece>&, std::size_t) override { return Next::idle; }
};

} // namespace

TEST_CASE("a head tells status, type, length, the handler's headers and the request's id")
{
    const Response answer{
        .status = 201, .type = "a/b", .body = "four", .headers = {{"X-A", "1"}, {"X-A", "2"}}};
    CHECK(answer_head(answer, {.id = "7"}) ==
          "HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nContent-Length: 4\r\nX-A: 1\r\nX-A: 2\r\n"
          "X-Request-Id: 7\r\n\r\n");
}

TEST_CASE("a head says what becomes of the connection, where that is not clear already")
{
    CHECK(answer_head({}, {}).find("Connection") == std::string::npos);
    CHECK(answer_head({}, {.closes = true}).find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(answer_head({}, {.version_1_0 = true}).find("\r\nConnection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("an answer that has no body by its status tells no length")
{
    for (const int status : {204, 304})
        CHECK(answer_head({.status = status}, {}).find("Content-Length") == std::string::npos);
}

TEST_CASE("a status that has no name here is a line all the same")
{
    CHECK(answer_head({.status = 418}, {}).starts_with("HTTP/1.1 418 Refused\r\n"));
}

TEST_CASE("the head of a feed lets nobody keep it or hold it back, and tells no length")
{
    Response answer;
    answer.feed = std::make_unique<Silence>();
    const auto head = answer_head(answer, {.closes = true});
    CHECK(head.find("\r\nContent-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("\r\nCache-Control: no-cache, no-transform\r\n") != std::string::npos);
    CHECK(head.find("\r\nX-Accel-Buffering: no\r\n") != std::string::npos);
    CHECK(head.find("Content-Length") == std::string::npos);
}
