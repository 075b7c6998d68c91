#include "http/server.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <fstream>
#include <memory>
#include <poll.h>
#include <random>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace skerry;
using namespace std::chrono_literals;
using http::Request;
using http::Response;
using test::RawClient;
using test::RunningServer;

namespace {

const std::string host = "Host: h\r\n";
const std::string get = "GET / HTTP/1.1\r\n" + host;
const std::string post = "POST / HTTP/1.1\r\n" + host;

/// Says what it was asked, and counts it. Bodies are read.
class Witness {
public:
    Response operator()(const Request& request)
    {
        ++*count_;
        const auto body = http::whole_body(request, 1U << 20U);
        return {.body = "<" + request.method + " " + request.path + " " + request.address + " " +
                        std::string(request.header("X-A")) + " " + std::to_string(body.size()) + ">"};
    }
    [[nodiscard]] int count() const { return *count_; }

private:
    std::shared_ptr<std::atomic<int>> count_ = std::make_shared<std::atomic<int>>(0);
};

/// A server with a witness; at the end of a test it must still answer.
struct Target {
    Witness witness;
    RunningServer server;

    explicit Target(http::ServerOptions options = {.largest_body = 1U << 20U})
        : server(witness, std::move(options))
    {
    }
    ~Target() { CHECK(ask(get + "\r\n").ends_with("<GET / 127.0.0.1  0>")); }

    std::string ask(const std::string& bytes) const
    {
        RawClient client(server.port());
        client.send(bytes);
        return client.answer();
    }
    /// All that is said on a connection, which must end by itself.
    std::string all_of(const std::string& bytes) const
    {
        RawClient client(server.port());
        client.send(bytes);
        return client.rest();
    }
};

std::size_t count(const std::string& text, const std::string& part)
{
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

bool has_status(const std::string& answer, int status)
{
    return answer.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

/// Of this process, in bytes.
std::size_t resident()
{
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// `piece` over and over, until the server takes no more or it was enough.
std::string flood(int port, const std::string& begin, const std::string& piece, std::size_t bytes)
{
    RawClient client(port);
    client.send(begin);
    for (std::size_t sent = 0; sent < bytes; sent += piece.size()) client.send(piece);
    return client.rest();
}

} // namespace

TEST_CASE("hostile: long paths, many ranges and long names of files cost nothing")
{
    const Target target;
    CHECK(has_status(target.ask("GET /" + std::string(4000, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), 200));

    std::string ranges = "Range: bytes=0-";
    for (int number = 0; number < 1500; ++number) ranges += ",0-";
    CHECK(target.ask(get + ranges + "\r\n\r\n").ends_with("<GET / 127.0.0.1  0>"));

    const std::string form = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" +
                             std::string(200'000, 'a') + "\"\r\n\r\nx\r\n--B--\r\n";
    CHECK(has_status(target.ask(post + "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: " +
                                std::to_string(form.size()) + "\r\n\r\n" + form),
                     200));
}

TEST_CASE("hostile: heads, lines and chunks without measure are refused before they are taken in")
{
    const Target target;
    const int port = target.server.port();
    const auto before = resident();
    constexpr std::size_t much = 50U << 20U;

    std::string headers;
    for (int number = 0; number < 20; ++number)
        headers += "X-" + std::to_string(number) + ": " + std::string(8000, 'v') + "\r\n";
    flood(port, get, headers, much);
    flood(port, "GET /", std::string(1U << 20U, 'a'), much);
    flood(port, get + "X: ", std::string(1U << 20U, 'a'), much);
    flood(port, post + "Transfer-Encoding: chunked\r\n\r\n3;x=", std::string(1U << 20U, 'e'), much);
    flood(port, post + "Transfer-Encoding: chunked\r\n\r\n",
          "100000\r\n" + std::string(1U << 20U, 'q') + "\r\n", much);
    CHECK(target.ask(std::string(1'000'000, '\n') + "\r\n").starts_with("HTTP/1.1 4"));
    std::string empty_lines;
    while (empty_lines.size() < 1'000'000) empty_lines += "\r\n";
    CHECK(target.ask(empty_lines + get + "\r\n").ends_with("<GET / 127.0.0.1  0>"));
    CHECK(resident() < before + (60U << 20U));

    CHECK(has_status(target.all_of(get + headers), 431));
    CHECK(has_status(target.all_of("GET /" + std::string(30'000, 'a')), 431));
    CHECK(has_status(target.all_of("GET /" + std::string(5'000, 'a') + " HTTP/1.1\r\n\r\n"), 414));
    CHECK(has_status(target.all_of(post + "Transfer-Encoding: chunked\r\n\r\n3;x=" + std::string(3000, 'e')),
                     400));
    CHECK(has_status(target.all_of(post + "Transfer-Encoding: chunked\r\n\r\n200000\r\n"), 413));
}

TEST_CASE("hostile: a body that is packed, or said to be larger than it may be, is refused at once")
{
    const Target target;
    for (const auto* packed : {"gzip", "deflate", "br", "gzip, identity"})
        CHECK(has_status(
            target.all_of(post + "Content-Encoding: " + packed + "\r\nContent-Length: 3\r\n\r\nabc"), 415));
    for (const auto* length : {"18446744073709551615", "99999999999999999999999", "1073741824", "1048577"})
        CHECK(has_status(target.all_of(post + "Content-Length: " + length + "\r\n\r\n"), 413));
    CHECK(target.witness.count() == 0);
}

TEST_CASE("hostile: a length that is no number, is said twice or in two ways is refused")
{
    const Target target;
    const std::string inner = "GET /inner HTTP/1.1\r\n" + host + "\r\n";
    const std::pair<int, std::string> cases[] = {
        {400, "Content-Length: abc\r\n\r\nabc"},
        {400, "Content-Length: +3\r\n\r\nabc"},
        {400, "Content-Length: -1\r\n\r\nabc"},
        {400, "Content-Length: 3, 3\r\n\r\nabc"},
        {400, "Content-Length: 0x3\r\n\r\nabc"},
        {400, "Content-Length:\r\n\r\nabc"},
        {400, "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + inner},
        {400, "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner},
        {501, "Transfer-Encoding: xchunked\r\n\r\nabcde" + inner},
        {501, "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + inner},
        {501, "Transfer-Encoding: identity\r\n\r\n" + inner},
        {400, "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding\r\n\t: chunked\r\n\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding: chunked\r\n\r\n-2\r\nabc\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n" + inner},
        {400, "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n" + std::string(2000, 'x')},
    };
    for (const auto& [status, bytes] : cases) {
        const auto answer = target.all_of(post + bytes);
        CHECK_MESSAGE(has_status(answer, status), bytes);
        CHECK_MESSAGE(count(answer, "HTTP/1.1 ") == 1, bytes);
        CHECK_MESSAGE(answer.find("/inner") == std::string::npos, bytes);
    }
    CHECK(has_status(target.all_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400));
}

TEST_CASE("hostile: a request inside a body is a body")
{
    const Target target;
    const std::string inner = "GET /inner HTTP/1.1\r\n" + host + "\r\n";
    for (const std::string method : {"GET", "HEAD", "OPTIONS", "DELETE", "POST", "TRACE"}) {
        const auto answers =
            target.all_of(method + " /outer HTTP/1.1\r\n" + host + "Connection: close\r\nContent-Length: " +
                          std::to_string(inner.size()) + "\r\n\r\n" + inner);
        CHECK(count(answers, "HTTP/1.1 ") == 1);
        CHECK(answers.find("/inner ") == std::string::npos);
    }
    CHECK(target.all_of(post + "Content-Length: 2097152\r\n\r\n" + inner).find("/inner ") ==
          std::string::npos);
}

TEST_CASE("hostile: after a head that is refused nothing more is heard")
{
    const Target target;
    const std::string next = get + "\r\n";
    for (const std::string bad :
         {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n", "\x01\x02 garbage\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nNo colon\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX-A : 1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\n folded\r\n\r\n",
          "GET http://elsewhere/ HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: h\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"}) {
        const auto answers = target.all_of(bad + next);
        CHECK_MESSAGE(count(answers, "HTTP/1.1 ") == 1, bad);
        CHECK_MESSAGE(answers.find("Connection: close\r\n") != std::string::npos, bad);
    }
    CHECK(target.witness.count() == 0);
}

TEST_CASE("hostile: requests in one breath are all answered, in order")
{
    const Target target;
    std::string all;
    for (int number = 0; number < 200; ++number)
        all += "GET /" + std::to_string(number) + " HTTP/1.1\r\n" + host + "\r\n";
    const auto answers = target.all_of(all + "POST /last HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
    std::size_t at = 0;
    for (int number = 0; number < 200 && at != std::string::npos; ++number)
        at = answers.find("<GET /" + std::to_string(number) + " ", at);
    CHECK(at != std::string::npos);
    CHECK(answers.ends_with("<POST /last 127.0.0.1  0>")); // a POST without a length has no body
}

TEST_CASE("hostile: line breaks get neither in nor out")
{
    const Target target;
    CHECK(target.ask(get + "X-A: a%0d%0aEvil: 1\r\n\r\n").ends_with(" a%0d%0aEvil: 1 0>")); // as it was sent
    CHECK(target.ask(get + "REMOTE_ADDR: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")
              .ends_with("<GET / 127.0.0.1  0>"));
    for (const std::string bad :
         {"/%00", "/a.txt%00.html", "/%0d%0aEvil:%201", "/?x=%00", "/?x=%0a", "/%7f", "/%"})
        CHECK(has_status(target.all_of("GET " + bad + " HTTP/1.1\r\n" + host + "\r\n"), 400));
    CHECK(has_status(target.all_of(get + std::string("X-A: a\0b\r\n\r\n", 12)), 400));
    CHECK(has_status(target.all_of(get + "X-A: a\rEvil: 1\r\n\r\n"), 400));
    CHECK(has_status(target.all_of(get + "X-A: a\nEvil: 1\r\n\r\n"), 400));
    CHECK(has_status(target.all_of("GET / HTTP/1.1\nHost: h\n\n\r\n\r\n"), 400));

    RunningServer echoing([](const Request& request) -> Response {
        const auto found = request.query.find("v");
        return {.headers = {{"X-V", found == request.query.end() ? "a\r\nEvil: 1" : found->second}}};
    });
    RawClient client(echoing.port());
    client.ask("GET", "/");
    CHECK(client.answer().find("Evil") == std::string::npos);
}

TEST_CASE("hostile: many slow ones keep nobody waiting, and are sent away")
{
    const Target target({.head_time = 500ms, .body_time = 500ms});
    std::vector<std::unique_ptr<RawClient>> slow;
    const auto add = [&](int number, const std::string& begin) {
        for (; number > 0; --number) {
            slow.push_back(std::make_unique<RawClient>(target.server.port()));
            slow.back()->send(begin);
        }
    };
    add(500, "GET / HTTP/1.1\r\nX-");                            // half of a head
    add(60, post + "Content-Length: 1000\r\n\r\nabc");           // half of a body
    add(20, post + "Transfer-Encoding: chunked\r\n\r\n100\r\n"); // of a chunk
    for (int number = 0; number < 20; ++number) {
        CHECK(target.ask(get + "\r\n").ends_with("<GET / 127.0.0.1  0>"));
        for (auto& client : slow) client->send("a");
    }
    for (auto& client : slow) CHECK(has_status(client->rest(), 408));
}

TEST_CASE("hostile: who does not read is let go, and so are many who say nothing")
{
    const std::string big(8U << 20U, 'x');
    RunningServer server(
        [&](const Request& request) -> Response { return {.body = request.path == "/" ? big : "small"}; },
        {.most_threads = 4, .write_time = 100ms, .idle_time = 300ms});
    std::vector<std::unique_ptr<RawClient>> deaf;
    for (int number = 0; number < 12; ++number) {
        deaf.push_back(std::make_unique<RawClient>(server.port()));
        deaf.back()->ask("GET", "/");
    }
    RawClient client(server.port()); // all threads are taken by those who do not read
    client.ask("GET", "/small");
    CHECK(client.answer().ends_with("small"));

    RawClient idle(server.port());
    CHECK(idle.closed());
}

TEST_CASE("hostile: whatever is sent, the server goes on")
{
    const Target target({.largest_body = 1000, .head_time = 200ms, .body_time = 200ms});
    const std::string good =
        "POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello"
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    std::mt19937 random(42); // NOLINT(cert-msc51-cpp): the same each time
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int number = 0; number < 400; ++number) {
        auto bytes = good;
        for (auto changes = random() % 4 + 1; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        bytes.resize(random() % bytes.size());
        clients.push_back(std::make_unique<RawClient>(target.server.port()));
        clients.back()->send(bytes);
        if (number % 3 == 0) clients.back()->leave();
    }
}

TEST_CASE("hostile: when there are no descriptors left, who idles makes room, and nobody is lost")
{
    const Target target;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int number = 0; number < 5; ++number)
        clients.push_back(std::make_unique<RawClient>(target.server.port()));
    for (auto& client : clients) { // all are let in
        client->ask("GET", "/");
        client->answer();
    }
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    {
        const Descriptor next(::dup(0));
        auto fewer = before;
        fewer.rlim_cur = static_cast<rlim_t>(next.get()) + 1; // the next client, but not its other end
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &fewer) == 0);
    }
    RawClient late(target.server.port());
    late.ask("GET", "/late");
    const auto answer = late.answer();
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(answer.ends_with("<GET /late 127.0.0.1  0>"));
    std::vector<pollfd> closed;
    for (const auto& client : clients) closed.push_back({client->descriptor(), POLLIN, 0});
    CHECK(::poll(closed.data(), closed.size(), 20'000) > 0);
}
