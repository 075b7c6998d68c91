#include "http/forward.hpp"
#include "http/status.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "support/tcp_server.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <future>

using namespace skerry;
using namespace std::chrono_literals;
using http::ForwardOptions;
using http::Request;
using http::Response;
using test::Connection;
using test::http_answer;
using test::http_chunk;
using test::RawClient;
using test::RunningServer;
using test::TcpServer;

namespace {

/// A server that passes on, and remembers how the handler's part ended.
struct Front {
    std::promise<std::optional<Code>> ended;
    RunningServer server;

    explicit Front(const ForwardOptions& options)
        : server([this, options](const Request& request) -> Response {
              auto mine = options;
              if (mine.target.empty()) mine.target = request.target;
              try {
                  auto answer = http::forward(request, mine);
                  if (answer.stream)
                      answer.stream = [this, inner = std::move(answer.stream)](const http::Write& write) {
                          const bool whole = inner(write);
                          ended.set_value(std::nullopt);
                          return whole;
                      };
                  return answer;
              } catch (const Error& error) {
                  ended.set_value(error.code());
                  return http::error_answer(error.code() == Code::unavailable ? 502
                                                                              : http::status_of(error.code()),
                                            "the other server does not answer");
              }
          })
    {
    }
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// The status of what comes through when the other server says `bytes`.
std::string through(const std::string& bytes)
{
    TcpServer other([&](Connection& connection) {
        connection.read_request();
        connection.write(bytes);
    });
    Front front({.port = other.port()});
    RawClient client(front.server.port());
    client.ask("GET", "/");
    return client.answer();
}

} // namespace

TEST_CASE("a request goes on and its answer comes back, without what is between two of us")
{
    std::string heard;
    TcpServer other([&](Connection& connection) {
        heard = connection.read_request();
        connection.write(
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Own: yes\r\nX-Hop: 1\r\n"
            "Connection: close, X-Hop\r\nKeep-Alive: timeout=77\r\nSet-Cookie: a=b\r\n"
            "WWW-Authenticate: Basic\r\nX-Hidden: 1\r\nContent-Length: 2\r\n\r\n{}");
    });
    Front front({.port = other.port(),
                 .headers = {{"Authorization", "Basic b3BlbmNvZGU6cHc="}, {"X-Added", "1"}},
                 .shows = [](std::string_view name) { return !http::same_name(name, "x-hidden"); }});
    RawClient client(front.server.port());
    client.send(
        "POST /session/a%20b?x=%2F HTTP/1.1\r\nHost: public\r\nAuthorization: Bearer skr_secret\r\n"
        "Cookie: login=secret\r\nX-Forwarded-For: 9.9.9.9\r\nX-Private: 1\r\nX-Kept: 1\r\nTE: trailers\r\n"
        "Upgrade: websocket\r\nConnection: keep-alive, X-Private\r\nContent-Length: 4\r\n\r\nbody");
    const auto answer = client.answer();

    CHECK(heard.starts_with("POST /session/a%20b?x=%2F HTTP/1.1\r\n"));
    CHECK(heard.ends_with("\r\n\r\nbody"));
    CHECK(has(heard, "Host: 127.0.0.1:" + std::to_string(other.port()) + "\r\n"));
    CHECK(has(heard, "Authorization: Basic b3BlbmNvZGU6cHc=\r\n"));
    for (const auto* said : {"X-Kept: 1\r\n", "X-Added: 1\r\n", "Content-Length: 4\r\n"})
        CHECK(has(heard, said));
    for (const auto* kept : {"skr_secret", "Cookie", "9.9.9.9", "X-Private", "Upgrade", "TE:", "public"})
        CHECK_MESSAGE(!has(heard, kept), kept);

    CHECK(answer.starts_with("HTTP/1.1 201 "));
    CHECK(has(answer, "Content-Type: application/json\r\n"));
    CHECK(has(answer, "X-Own: yes\r\n"));
    for (const auto* kept : {"X-Hop", "Set-Cookie", "WWW-Authenticate", "X-Hidden", "timeout=77"})
        CHECK_MESSAGE(!has(answer, kept), kept);
    CHECK(answer.ends_with("2\r\n{}\r\n0\r\n\r\n"));
}

TEST_CASE("a body without a known length goes on in chunks, and chunks come back")
{
    std::promise<std::string> heard;
    TcpServer other([&](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + http_chunk("one") +
                         http_chunk("two") + http_chunk(""));
    });
    Front front({.port = other.port()});
    RawClient client(front.server.port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    const auto answer = client.answer();
    CHECK(has(answer, "one"));
    CHECK(has(answer, "two"));
    CHECK(answer.ends_with("0\r\n\r\n"));
}

TEST_CASE("events come through while they are made, and the end of either side is the end of the other")
{
    std::atomic<bool> other_noticed = false;
    std::promise<void> next;
    TcpServer other([&](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        next.get_future().wait();
        connection.write("data: 2\n\n");
        connection.wait_for_end();
        other_noticed = !connection.stop().stop_requested();
    });
    Front front({.port = other.port(), .largest_answer = 5}); // a stream of events has no size
    RawClient client(front.server.port());
    client.ask("GET", "/event");
    CHECK(client.read_until("data: 1\n\n") != "");
    next.set_value();
    CHECK(client.read_until("data: 2\n\n") != "");
    client.leave();
    CHECK(front.ended.get_future().wait_for(20s) == std::future_status::ready);
    for (int tries = 0; tries < 2000 && !other_noticed; ++tries) std::this_thread::sleep_for(5ms);
    CHECK(other_noticed);
}

TEST_CASE("a stop ends what is being passed on")
{
    TcpServer other([](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        connection.wait_for_end();
    });
    TcpServer silent([](Connection& connection) { connection.wait_for_end(); });
    Front streaming({.port = other.port()});
    Front waiting({.port = silent.port()});
    RawClient first(streaming.server.port());
    RawClient second(waiting.server.port());
    first.ask("GET", "/");
    second.ask("GET", "/");
    CHECK(first.read_until("data: 1\n\n") != "");
    const auto start = monotonic_now();
    streaming.server.stop();
    waiting.server.stop();
    CHECK(monotonic_now() - start < 5000);
}

TEST_CASE("a server that does not answer, or not as it should, is told of")
{
    int nobody = 0;
    {
        TcpServer gone([](Connection&) {});
        nobody = gone.port();
    }
    Front front({.port = nobody});
    RawClient client(front.server.port());
    client.ask("GET", "/");
    CHECK(has(client.answer(), "\"code\":\"BAD_GATEWAY\""));
    CHECK(front.ended.get_future().get() == Code::unavailable);

    for (const std::string bad :
         {"", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n"})
        CHECK_MESSAGE(through(bad).starts_with("HTTP/1.1 502 "), bad);
}

TEST_CASE("what is too slow or too large is ended")
{
    TcpServer silent([](Connection& connection) { connection.wait_for_end(); });
    Front slow({.port = silent.port(), .time_to_answer = 50ms});
    RawClient first(slow.server.port());
    first.ask("GET", "/");
    CHECK(first.answer().starts_with("HTTP/1.1 504 "));
    CHECK(slow.ended.get_future().get() == Code::timeout);

    TcpServer stalling([](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        connection.wait_for_end();
    });
    Front stalled({.port = stalling.port(), .silence = 50ms});
    RawClient second(stalled.server.port());
    second.ask("GET", "/");
    CHECK_FALSE(has(second.rest(), "\r\n0\r\n\r\n")); // not as if it were whole

    TcpServer large([](Connection& connection) {
        connection.read_request();
        connection.write(http_answer("200 OK", "text/plain", std::string(100'000, 'x')));
    });
    Front limited({.port = large.port(), .largest_answer = 50'000});
    RawClient third(limited.server.port());
    third.ask("GET", "/");
    CHECK_FALSE(has(third.rest(), "\r\n0\r\n\r\n"));

    Front strict({.port = large.port(), .largest_body = 3});
    RawClient fourth(strict.server.port());
    fourth.ask("POST", "/", "body");
    CHECK(fourth.answer().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("an answer that breaks off does so for the client too")
{
    CHECK_FALSE(has(through("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "\r\n0\r\n\r\n"));
    CHECK(through("HTTP/1.1 200 OK\r\n\r\nabc").ends_with("abc\r\n0\r\n\r\n"));
    CHECK(through("HTTP/1.1 204 No Content\r\n\r\n").starts_with("HTTP/1.1 204 "));
}
