#include "http/client.hpp"
#include "support/tcp_server.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <optional>

using namespace skerry;
using namespace std::chrono_literals;
using test::Connection;
using test::http_answer;
using test::http_chunk;
using test::TcpServer;

namespace {

template <class Work> std::optional<Code> code_of(Work work)
{
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return std::nullopt;
}

constexpr auto stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

TcpServer answering(std::string answer)
{
    return TcpServer([answer = std::move(answer)](Connection& connection) {
        while (!connection.read_request().empty()) connection.write(answer);
    });
}

} // namespace

TEST_CASE("an answer of any status comes with its type and body, on one kept connection")
{
    auto server = answering(http_answer("404 Not Found", "application/json; charset=utf-8", "{}"));
    http::Client client({.port = server.port()});
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.request("GET", "/session?limit=3");
        CHECK(answer.status == 404);
        CHECK(answer.type == "application/json");
        CHECK(answer.body == "{}");
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("a connection that the server has closed is opened anew")
{
    TcpServer server([](Connection& connection) {
        connection.read_request();
        connection.write(http_answer("200 OK", "text/plain", "once"));
    });
    http::Client client({.port = server.port()});
    CHECK(client.request("GET", "/").body == "once");
    // The server's close may still be under way: then this request finds the connection breaking.
    auto body = std::string();
    while (body.empty()) code_of([&] { body = client.request("GET", "/").body; });
    CHECK(body == "once");
}

TEST_CASE("the method, the path, the body and who asks are sent")
{
    std::string seen;
    TcpServer server([&](Connection& connection) {
        seen = connection.read_request();
        connection.write(http_answer("204 No Content", "text/plain", ""));
    });
    http::Client client({.port = server.port(), .user = "opencode", .password = "secret"});
    CHECK(client.request("POST", "/session/ses_1/prompt_async?directory=%2Fsrv%2Fdemo", R"({"parts":[]})")
              .status == 204);
    CHECK(seen.starts_with("POST /session/ses_1/prompt_async?directory=%2Fsrv%2Fdemo HTTP/1.1\r\n"));
    CHECK(seen.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(seen.find("Authorization: Basic b3BlbmNvZGU6c2VjcmV0\r\n") != std::string::npos);
    CHECK(seen.ends_with("\r\n\r\n{\"parts\":[]}"));
}

TEST_CASE("a redirect is an answer and not followed")
{
    auto server = answering("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    http::Client client({.port = server.port()});
    CHECK(client.request("GET", "/").status == 302);
}

TEST_CASE("a body above the allowance is refused")
{
    auto server = answering(http_answer("200 OK", "text/plain", std::string(5000, 'x')));
    http::Client client({.port = server.port()});
    CHECK(code_of([&] { client.request("GET", "/", {}, {}, {.largest_body = 4999}); }) == Code::too_large);
    CHECK(client.request("GET", "/", {}, {}, {.largest_body = 5000}).body.size() == 5000);
}

TEST_CASE("nobody there, a connection that breaks and a server that never answers are told apart")
{
    int gone = 0;
    {
        const TcpServer server([](Connection&) {});
        gone = server.port();
        http::Client client({.port = gone});
        CHECK(code_of([&] { client.request("POST", "/", std::string(1 << 20, 'x')); }) == Code::unavailable);
    }
    http::Client nobody({.port = gone});
    CHECK(code_of([&] { nobody.request("GET", "/"); }) == Code::unavailable);

    TcpServer silent([](Connection& connection) { connection.wait_for_end(); });
    http::Client waiting({.port = silent.port()});
    CHECK(code_of([&] { waiting.request("GET", "/", {}, {}, {.timeout = 50ms}); }) == Code::timeout);
}

TEST_CASE("an answer that trickles in is cut off when its time is over")
{
    TcpServer server([](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\n");
        while (!connection.stop().stop_requested() && connection.write("X-More: 1\r\n")) {
            std::this_thread::sleep_for(5ms);
        }
    });
    http::Client client({.port = server.port()});
    CHECK(code_of([&] { client.request("GET", "/", {}, {}, {.timeout = 100ms}); }) == Code::timeout);
}

TEST_CASE("a stop ends a waiting request at once, and one that came before as well")
{
    std::stop_source source;
    TcpServer server([&](Connection& connection) {
        connection.read_request();
        source.request_stop();
        connection.wait_for_end();
    });
    http::Client client({.port = server.port()});
    CHECK(code_of([&] { client.request("GET", "/", {}, source.get_token(), {.timeout = 1min}); }) ==
          Code::cancelled);
    CHECK(code_of([&] { client.request("GET", "/", {}, source.get_token(), {.timeout = 1min}); }) ==
          Code::cancelled);
}

TEST_CASE("a stop at any moment ends a request")
{
    TcpServer server([](Connection& connection) { connection.wait_for_end(); });
    for (int i = 0; i < 40; ++i) {
        std::stop_source source;
        const std::jthread stopping([&, i] {
            std::this_thread::sleep_for(std::chrono::microseconds(i * 25));
            source.request_stop();
        });
        http::Client client({.port = server.port()});
        CHECK(code_of([&] { client.request("GET", "/", {}, source.get_token(), {.timeout = 1min}); }) ==
              Code::cancelled);
    }
}

TEST_CASE("a stream hands on its bytes as they come and ends with the server's end")
{
    TcpServer server([](Connection& connection) {
        connection.read_request();
        connection.write(stream_head);
        for (const auto* piece : {"one ", "two ", "three"}) connection.write(http_chunk(piece));
        connection.write(http_chunk(""));
    });
    http::Client client({.port = server.port()});
    std::string heard;
    client.stream(
        "/event",
        [&](std::string_view bytes) {
            heard += bytes;
            return true;
        },
        {}, 10s);
    CHECK(heard == "one two three");
}

TEST_CASE("a stream ends when its listener has heard enough, and on stop")
{
    TcpServer server([](Connection& connection) {
        connection.read_request();
        connection.write(stream_head);
        connection.write(http_chunk("hello"));
        connection.wait_for_end();
    });
    http::Client client({.port = server.port()});
    client.stream(
        "/event", [](std::string_view) { return false; }, {}, 10s);

    std::stop_source source;
    client.stream(
        "/event",
        [&](std::string_view) {
            source.request_stop();
            return true;
        },
        source.get_token(), 1min);
    client.stream(
        "/event", [](std::string_view) { return true; }, source.get_token(), 1min);
}

TEST_CASE("a stream that falls silent, breaks or is refused says so")
{
    const auto listen = [](TcpServer& server, std::chrono::milliseconds silence) {
        http::Client client({.port = server.port()});
        return code_of([&] {
            client.stream(
                "/event", [](std::string_view) { return true; }, {}, silence);
        });
    };
    TcpServer silent([](Connection& connection) {
        connection.read_request();
        connection.write(stream_head);
        connection.wait_for_end();
    });
    CHECK(listen(silent, 50ms) == Code::timeout);

    TcpServer breaking([](Connection& connection) {
        connection.read_request();
        connection.write(stream_head);
        connection.write("ffff\r\nonly a part of it");
    });
    CHECK(listen(breaking, 10s) == Code::unavailable);

    auto refusing = answering(http_answer("401 Unauthorized", "text/plain", ""));
    CHECK(listen(refusing, 10s) == Code::unavailable);
}

TEST_CASE("a stop ends the wait for a server that accepts no more connections")
{
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket.get(), any, size) == 0);
    REQUIRE(::listen(socket.get(), 0) == 0);
    REQUIRE(::getsockname(socket.get(), any, &size) == 0);
    std::vector<Descriptor> waiting; // fills the queue of the listener
    for (int i = 0; i < 4; ++i) {
        waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        ::connect(waiting.back().get(), any, size);
    }

    std::stop_source source;
    const std::jthread stopping([&] {
        std::this_thread::sleep_for(20ms);
        source.request_stop();
    });
    http::Client client({.port = ntohs(address.sin_port)});
    CHECK(code_of([&] { client.request("GET", "/", {}, source.get_token(), {.timeout = 1min}); }) ==
          Code::cancelled);
}

TEST_CASE("a hostile server can neither crash the client nor fill its memory")
{
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto endless = [](Connection& connection, const std::string& piece) {
        while (connection.write(piece)) {
        }
    };
    const std::vector<std::function<void(Connection&)>> attacks = {
        [](Connection& it) { it.write("HTTP/1.1 200 " + std::string(3'000'000, 'a') + "\r\n\r\n"); },
        [](Connection& it) { it.write("HTTP/1.1 200 OK\r\nX: " + std::string(60'000, 'a') + "\r\n\r\n"); },
        [](Connection& it) {
            it.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + std::string(900'000, 'a') + "\r\n\r\n");
        },
        [](Connection& it) {
            it.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc");
        },
        [&](Connection& it) { it.write(chunked + "ffffffffffffffff\r\nabc"); },
        [&](Connection& it) { it.write(chunked + "-5\r\nabc"); },
        [&](Connection& it) {
            it.write("HTTP/1.1 200 OK\r\n");
            endless(it, "X-More: and more\r\n");
        },
        [&](Connection& it) {
            it.write(chunked);
            endless(it, std::string(65'536, '1'));
        },
        [&](Connection& it) {
            it.write(chunked + "0\r\n");
            endless(it, "X-Trailer: and more\r\n");
        },
        [&](Connection& it) { endless(it, std::string(65'536, '1')); },
    };
    for (std::size_t i = 0; i < attacks.size(); ++i) {
        CAPTURE(i);
        TcpServer server([&](Connection& connection) {
            connection.read_request();
            attacks[i](connection);
        });
        http::Client client({.port = server.port()});
        CHECK(code_of([&] { client.request("GET", "/"); }) == Code::unavailable);
        CHECK(code_of([&] {
                  client.stream(
                      "/", [](std::string_view) { return true; }, {}, 10s);
              }) == Code::unavailable);
    }
}
