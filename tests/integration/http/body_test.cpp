#include "http/server.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <future>

using namespace skerry;
using namespace std::chrono_literals;
using http::Request;
using http::Response;
using http::whole_body;
using test::RawClient;
using test::RunningServer;

namespace {

const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
const std::string inner = "GET /inner HTTP/1.1\r\nHost: h\r\n\r\n";

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// Reads no body but at /read.
Response sometimes_read(const Request& request)
{
    if (request.path == "/read") return {.body = "read " + whole_body(request, 1000)};
    return {.status = 401, .body = "not read " + request.path};
}

} // namespace

TEST_CASE("a body comes piece by piece while it is sent")
{
    std::promise<void> began;
    RunningServer server([&](const Request& request) -> Response {
        std::string piece;
        std::string text;
        while (request.body->read(piece)) {
            if (text.empty()) began.set_value();
            text += piece;
        }
        return {.body = text};
    });
    RawClient client(server.port());
    client.send(post + "Content-Length: 10\r\n\r\n12345");
    began.get_future().wait();
    client.send("67890");
    CHECK(client.answer().ends_with("\r\n\r\n1234567890"));
}

TEST_CASE("a handler has its own limit, whatever the server allows")
{
    RunningServer server([](const Request& request) -> Response { return {.body = whole_body(request, 4)}; });
    for (const std::string body : {"Content-Length: 5\r\n\r\n12345",
                                   "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n"}) {
        RawClient client(server.port());
        client.send(post + body);
        const auto answer = client.answer();
        CHECK(answer.starts_with("HTTP/1.1 413 "));
        CHECK(has(answer, R"({"error":{"code":"PAYLOAD_TOO_LARGE","message":)"));
    }
    RawClient client(server.port());
    client.send(post + "Content-Length: 4\r\n\r\n1234");
    CHECK(client.answer().ends_with("1234"));
}

TEST_CASE("a body that nobody reads is never taken for a request")
{
    RunningServer server(sometimes_read);
    RawClient small(server.port());
    small.send(post + "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner);
    CHECK(has(small.answer(), "not read /"));
    small.ask("GET", "/next"); // it was there and could be thrown away: the connection goes on
    CHECK(has(small.answer(), "not read /next"));

    RawClient half(server.port());
    half.send(post + "Content-Length: 1000\r\n\r\n" + inner);
    const auto answer = half.answer();
    CHECK(has(answer, "Connection: close\r\n"));
    half.send(std::string(1000 - inner.size(), 'x') + inner);
    CHECK(half.closed());

    RawClient large(server.port());
    large.send(post + "Content-Length: 3000000\r\n\r\n");
    std::string body;
    while (body.size() < 3'000'000) body += inner;
    large.send(body);
    CHECK(has(large.rest(), "not read /"));
}

TEST_CASE("only a body that is read is sent for")
{
    RunningServer server(sometimes_read);
    RawClient refused(server.port());
    refused.send(post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const auto answer = refused.rest();
    CHECK(answer.starts_with("HTTP/1.1 401 "));
    CHECK_FALSE(has(answer, "100 Continue"));

    RawClient taken(server.port());
    taken.send("POST /read HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(taken.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    taken.send("hi");
    CHECK(taken.answer().ends_with("read hi"));
}

TEST_CASE("a body that does not come is waited for no longer than is allowed")
{
    RunningServer server(
        [](const Request& request) -> Response { return {.body = whole_body(request, 100)}; },
        {.body_time = 50ms});
    RawClient client(server.port());
    client.send(post + "Content-Length: 10\r\n\r\nabc");
    const auto answer = client.rest();
    CHECK(answer.starts_with("HTTP/1.1 408 "));
    CHECK(has(answer, "\"code\":\"REQUEST_TIMEOUT\""));
}

TEST_CASE("a client that goes in the middle of its body ends the reading, and is written down as gone")
{
    std::promise<Code> ended;
    std::promise<int> status;
    RunningServer server(
        [&](const Request& request) -> Response {
            try {
                return {.body = whole_body(request, 100)};
            } catch (const Error& error) {
                ended.set_value(error.code());
                throw;
            }
        },
        {.observer = [&](const http::Exchange& exchange) { status.set_value(exchange.status); }});
    RawClient client(server.port());
    client.send(post + "Content-Length: 10\r\n\r\nabc");
    client.leave();
    CHECK(ended.get_future().get() == Code::cancelled);
    CHECK(status.get_future().get() == 499);
}

TEST_CASE("a stop ends the reading of a body")
{
    std::promise<void> began;
    RunningServer server([&](const Request& request) -> Response {
        began.set_value();
        return {.body = whole_body(request, 100)};
    });
    RawClient client(server.port());
    client.send(post + "Content-Length: 10\r\n\r\nabc");
    began.get_future().wait();
    const auto start = monotonic_now();
    server.stop();
    CHECK(monotonic_now() - start < 5000);
}
