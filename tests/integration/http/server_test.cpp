#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <memory>
#include <vector>

using namespace skerry;
using namespace std::chrono_literals;
using http::Request;
using http::Response;
using http::Write;
using test::RawClient;
using test::RunningServer;

namespace {

Response echo(const Request& request)
{
    std::string text = request.method + " " + request.path + "\n";
    for (const auto& [name, value] : request.query) text += "?" + name + "=" + value + "\n";
    return {.body = text + std::string(request.header("x-test")) + http::whole_body(request, 1U << 20U),
            .headers = {{"X-Answer", "yes"}}};
}

/// The status line's number, 0 without an answer.
int status_of(const std::string& answer)
{
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

int status_of_raw(int port, const std::string& bytes)
{
    RawClient client(port);
    client.send(bytes);
    return status_of(client.answer());
}

std::string body_of(const std::string& answer)
{
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

} // namespace

TEST_CASE("a request's method, path, query, headers and body reach the handler")
{
    RunningServer server(echo);
    RawClient client(server.port());

    client.send("POST /a%20b/c?x=1&y=a+b%26&x=2 HTTP/1.1\r\nHost: h\r\nX-TEST: \t up \r\nContent-Length: "
                "4\r\n\r\nbody");
    const auto answer = client.answer();

    CHECK(status_of(answer) == 200);
    CHECK(answer.find("X-Answer: yes\r\n") != std::string::npos);
    CHECK(body_of(answer) == "POST /a b/c\n?x=1\n?x=2\n?y=a b&\nupbody");
}

TEST_CASE("any method may have a body, and its bytes are never taken for a request")
{
    RunningServer server(echo);
    RawClient client(server.port());
    const std::string inner = "GET /inner HTTP/1.1\r\nHost: h\r\n\r\n";

    for (const std::string method : {"GET", "DELETE", "OPTIONS", "PROPFIND"}) {
        client.ask(method, "/outer", inner);
        CHECK(body_of(client.answer()) == method + " /outer\n" + inner);
    }
}

TEST_CASE("requests that come at once are answered one after the other on one connection")
{
    RunningServer server(echo);
    RawClient client(server.port());

    client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
                "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

    CHECK(body_of(client.answer()) == "GET /1\n");
    CHECK(body_of(client.answer()) == "POST /2\nhi");
    CHECK(body_of(client.answer()) == "GET /3\n");
    CHECK(client.closed());
}

TEST_CASE("a body in chunks is put together, and what is no chunk is refused")
{
    RunningServer server(echo);
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    RawClient client(server.port());

    client.send(head + "3\r\nabc\r\nA;note=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
    CHECK(body_of(client.answer()) == "POST /\nabc0123456789");

    for (const std::string bad :
         {"-3\r\nabc\r\n", "0x3\r\nabc\r\n", "\r\n", "3\r\nabcd\r\n", "fffffffff\r\n", "g\r\n"})
        CHECK_MESSAGE(status_of_raw(server.port(), head + bad) == 400, bad);
    CHECK(status_of_raw(server.port(), head + "7fffffff\r\n") == 413);
}

TEST_CASE("a head that can be read in two ways is refused and the connection closed")
{
    RunningServer server(echo);
    const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
    const std::pair<int, std::string> cases[] = {
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, get + "Host: other\r\n\r\n"},
        {400, post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        {400, post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"},
        {400, post + "Content-Length: +3\r\n\r\nabc"},
        {400, post + "Content-Length: abc\r\n\r\n"},
        {413, post + "Content-Length: 18446744073709551616\r\n\r\n"},
        {413, post + "Content-Length: 1000000000\r\n\r\n"},
        {415, post + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"},
        {501, post + "Transfer-Encoding: xchunked\r\n\r\n"},
        {400, get + "Bad Header: 1\r\n\r\n"},
        {400, get + "X: 1\r\n folded\r\n\r\n"},
        {400, get + std::string("X: a\0b\r\n\r\n", 10)},
        {400, get + "X: a\nb\r\n\r\n"},
        {400, "GET http://elsewhere/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /a%0d%0ab HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "nonsense\r\n\r\n"},
        {414, "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
        {431, get + "X: " + std::string(20'000, 'a')},
        {431, std::string(20'000, 'a')},
        {505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
    };
    for (const auto& [status, bytes] : cases) {
        RawClient client(server.port());
        client.send(bytes);
        CHECK_MESSAGE(status_of(client.answer()) == status, bytes.substr(0, 100));
        CHECK(client.closed());
    }
}

TEST_CASE("HEAD gives the head alone and the connection goes on")
{
    RunningServer server(echo);
    RawClient client(server.port());

    client.ask("HEAD", "/x");
    const auto head = client.answer(true);
    CHECK(status_of(head) == 200);
    CHECK(head.find("Content-Length: 7\r\n") != std::string::npos);

    client.ask("GET", "/y");
    CHECK(body_of(client.answer()) == "GET /y\n");
}

TEST_CASE("a client that waits for leave to send its body gets it")
{
    RunningServer server(echo);
    RawClient client(server.port());

    client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    CHECK(body_of(client.answer()) == "POST /\nhi");
}

TEST_CASE("an exception is answered without a word of what it said")
{
    RunningServer server([](const Request& request) -> Response {
        if (request.path == "/split") return {.headers = {{"X-A", "b\r\nX-Evil: 1"}}};
        throw Error(Code::internal, "the secret path");
    });
    for (const auto* path : {"/", "/split"}) {
        RawClient client(server.port());
        client.ask("GET", path);
        const auto answer = client.answer();
        CHECK(status_of(answer) == 500);
        CHECK(answer.find("secret") == std::string::npos);
        CHECK(answer.find("EXCEPTION") == std::string::npos);
        CHECK(answer.find("Evil") == std::string::npos);
    }
}

TEST_CASE("a stream comes piece by piece while it is made")
{
    std::atomic<int> allowed = 1;
    RunningServer server([&](const Request& request) -> Response {
        return {.type = "text/event-stream", .stream = [&, request](const Write& write) {
                    for (int piece = 1; piece <= 3; ++piece) {
                        while (allowed < piece)
                            if (!request.pause(1ms)) return false;
                        if (!write("piece" + std::to_string(piece) + "\n")) return false;
                    }
                    return true;
                }};
    });
    RawClient client(server.port());

    client.ask("GET", "/");
    for (int piece = 1; piece <= 3; ++piece) {
        CHECK(client.read_until("piece" + std::to_string(piece)) != "");
        ++allowed;
    }
    CHECK(client.read_until("\r\n0\r\n\r\n") != "");

    client.send("GET / HTTP/1.0\r\n\r\n");
    const auto answer = client.rest();
    CHECK(answer.find("chunked") == std::string::npos);
    CHECK(body_of(answer) == "piece1\npiece2\npiece3\n");
}

TEST_CASE("a stream that gives up breaks off without the mark of a proper end")
{
    RunningServer server([](const Request&) -> Response {
        return {.stream = [](const Write& write) { return write("begin") && false; }};
    });
    RawClient client(server.port());

    client.ask("GET", "/");
    const auto answer = client.rest();
    CHECK(answer.find("begin") != std::string::npos);
    CHECK(body_of(answer).find("0\r\n\r\n") == std::string::npos);
}

TEST_CASE("a handler learns that its client has left")
{
    std::atomic<bool> left = false;
    RunningServer server([&](const Request& request) -> Response {
        left = !request.pause(60s);
        return {};
    });
    {
        RawClient client(server.port());
        client.ask("GET", "/");
        client.leave();
    }
    for (int tries = 0; tries < 2000 && !left; ++tries) std::this_thread::sleep_for(5ms);
    CHECK(left);
}

TEST_CASE("idle connections do not keep others waiting, however many there are")
{
    RunningServer server(echo);
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int number = 0; number < 150; ++number) {
        idle.push_back(std::make_unique<RawClient>(server.port()));
        if (number % 2 == 0) idle.back()->send("GET / HTT"); // and some are slow
        if (number % 5 == 0) idle.back()->send("P/1.1\r\nHost: h\r\n\r\n");
    }
    RawClient client(server.port());
    client.ask("GET", "/here");
    CHECK(body_of(client.answer()) == "GET /here\n");
}

TEST_CASE("a hundred clients at once are all answered")
{
    RunningServer server(echo);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int number = 0; number < 100; ++number)
        clients.push_back(std::make_unique<RawClient>(server.port()));
    for (auto& client : clients) client->ask("GET", "/");
    for (auto& client : clients) CHECK(body_of(client->answer()) == "GET /\n");
}

TEST_CASE("the server stops whatever its clients are doing")
{
    const std::string big(32U << 20U, 'x');
    RunningServer server([&](const Request& request) -> Response {
        if (request.path == "/big") return {.body = big};
        if (request.path == "/wait") request.pause(10min);
        return {.stream = [](const Write& write) {
            while (write(std::string(1000, 'y'))) {
            }
            return false;
        }};
    });
    RawClient silent(server.port());
    RawClient half(server.port());
    RawClient body(server.port());
    RawClient waiting(server.port());
    RawClient stalled(server.port());
    RawClient streaming(server.port());
    half.send("GET / HT");
    body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    waiting.ask("GET", "/wait");
    stalled.ask("GET", "/big");
    streaming.ask("GET", "/stream");
    CHECK(streaming.read_until("yyy") != "");
    CHECK(stalled.read(1) == "H");

    const auto start = monotonic_now();
    server.stop();
    CHECK(monotonic_now() - start < 5000); // promised is one second; the rest is for a busy machine
    CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("a stop before the start is not lost")
{
    http::Server server(echo);
    server.bind("127.0.0.1", 0);
    std::stop_source source;
    source.request_stop();
    server.serve(source.get_token());
}

TEST_CASE("a taken port is a conflict, and a name is no address")
{
    RunningServer first(echo);
    http::Server second(echo);
    try {
        second.bind("127.0.0.1", first.port());
        FAIL("two servers on one port");
    } catch (const Error& error) {
        CHECK(error.code() == Code::conflict);
        CHECK(std::string(error.what()).find("address already in use") != std::string::npos);
    }
    CHECK_THROWS_AS(second.bind("not an address", 0), Error);
    CHECK_THROWS_AS(second.bind("127.0.0.1", 70'000), Error);
}
