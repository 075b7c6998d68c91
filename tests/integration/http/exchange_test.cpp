#include "http/server.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/socket_path.hpp"

#include <condition_variable>
#include <doctest/doctest.h>
#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <vector>

namespace fs = std::filesystem;
using namespace skerry;
using namespace std::chrono_literals;
using http::Exchange;
using http::Request;
using http::Response;
using test::RawClient;
using test::RunningServer;

namespace {

/// What an observer has been told.
class Told {
public:
    void add(const Exchange& exchange)
    {
        const std::lock_guard guard(lock_);
        exchanges_.push_back(exchange);
        changed_.notify_all();
    }
    /// Waits for that many.
    std::vector<Exchange> first(std::size_t count)
    {
        std::unique_lock guard(lock_);
        REQUIRE(changed_.wait_for(guard, 20s, [&] { return exchanges_.size() >= count; }));
        return exchanges_;
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
    std::vector<Exchange> exchanges_;
};

std::string header_of(const std::string& answer, const std::string& name)
{
    const auto at = answer.find(name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 2;
    return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

/// Says one request over a unix socket; all of the answer.
std::string ask_file(const fs::path& path, const std::string& request)
{
    const SocketPath address(path);
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), address.get(), address.size()) != 0) return {};
    ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    std::string answer;
    std::array<char, 4096> part{};
    for (ssize_t count = 0; (count = ::recv(socket.get(), part.data(), part.size(), 0)) > 0;)
        answer.append(part.data(), static_cast<std::size_t>(count));
    return answer;
}

} // namespace

TEST_CASE("every request has an id of its own, which its client and its handler know")
{
    RunningServer server([&](const Request& request) -> Response {
        CHECK(request.address == "127.0.0.1");
        return {.body = request.id};
    });
    RawClient client(server.port());
    std::set<std::string> ids;
    for (int number = 0; number < 3; ++number) {
        client.ask("GET", "/");
        const auto answer = client.answer();
        const auto id = header_of(answer, "X-Request-Id");
        CHECK(id.size() == 16);
        CHECK(answer.ends_with("\r\n\r\n" + id));
        ids.insert(id);
    }
    CHECK(ids.size() == 3);
}

TEST_CASE("an observer is told of every exchange")
{
    Told told;
    RunningServer server(
        [](const Request& request) -> Response {
            if (request.path == "/fault") throw Error(Code::not_found, "a secret");
            return {.status = 202, .body = "hello", .label = "greeting"};
        },
        {.observer = [&](const Exchange& exchange) { told.add(exchange); }});
    RawClient client(server.port());
    client.ask("GET", "/a%20b?x=1");
    const auto answer = client.answer();
    client.ask("HEAD", "/fault");
    client.answer(true);

    const auto exchanges = told.first(2);
    CHECK(exchanges[0].id == header_of(answer, "X-Request-Id"));
    CHECK(exchanges[0].method == "GET");
    CHECK(exchanges[0].path == "/a b");
    CHECK(exchanges[0].address == "127.0.0.1");
    CHECK(exchanges[0].label == "greeting");
    CHECK(exchanges[0].status == 202);
    CHECK(exchanges[0].bytes == answer.size());
    CHECK(exchanges[1].method == "HEAD");
    CHECK(exchanges[1].status == 404);
}

TEST_CASE("what the server refuses by itself says why and goes through the observer too")
{
    Told told;
    RunningServer server([](const Request&) -> Response { return {}; },
                         {.largest_body = 10, .head_time = 50ms, .observer = [&](const Exchange& exchange) {
                              told.add(exchange);
                          }});
    const std::tuple<int, std::string, std::string> cases[] = {
        {400, "BAD_REQUEST", "nonsense\r\n\r\n"},
        {408, "REQUEST_TIMEOUT", "GET / HT"},
        {413, "PAYLOAD_TOO_LARGE", "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"},
        {414, "URI_TOO_LONG", "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
        {431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a')},
        {505, "HTTP_VERSION_NOT_SUPPORTED", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
    };
    std::size_t count = 0;
    for (const auto& [status, code, bytes] : cases) {
        RawClient client(server.port());
        client.send(bytes);
        const auto answer = client.rest();
        CHECK(answer.starts_with("HTTP/1.1 " + std::to_string(status) + " "));
        CHECK_MESSAGE(
            answer.find("{\"error\":{\"code\":\"" + code + "\",\"message\":\"") != std::string::npos, answer);
        CHECK(answer.find("Content-Type: application/json\r\n") != std::string::npos);
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
        const auto exchange = told.first(++count).back();
        CHECK(exchange.status == status);
        CHECK(exchange.id == header_of(answer, "X-Request-Id"));
        CHECK(exchange.bytes == answer.size());
    }
}

TEST_CASE("who comes when too many wait for a thread is refused at once, and the others are answered")
{
    std::latch held(1);
    std::latch refused(1);
    RunningServer server(
        [&](const Request& request) -> Response {
            if (request.path == "/first") {
                held.count_down();
                refused.wait();
            }
            return {};
        },
        {.most_threads = 1, .most_waiting = 1, .observer = [&](const Exchange& exchange) {
             if (exchange.status != 503) return;
             CHECK(exchange.address == "127.0.0.1");
             CHECK(exchange.bytes > 0);
             refused.count_down();
         }});
    RawClient first(server.port());
    first.ask("GET", "/first");
    held.wait();
    RawClient second(server.port());
    RawClient third(server.port());
    second.ask("GET", "/"); // one of the two waits
    third.ask("GET", "/");
    const auto one = second.answer();
    const auto other = third.answer();
    const auto& refusal = one.starts_with("HTTP/1.1 503 ") ? one : other;
    CHECK(refusal.starts_with("HTTP/1.1 503 "));
    CHECK(header_of(refusal, "Retry-After") == "1");
    CHECK(refusal.find(R"("code":"UNAVAILABLE")") != std::string::npos);
    CHECK((&refusal == &one ? other : one).starts_with("HTTP/1.1 200 "));
    CHECK(first.answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("an error of the handler has its status and none of its words")
{
    RunningServer server([](const Request& request) -> Response {
        if (request.path == "/conflict") throw Error(Code::conflict, "the secret path");
        if (request.path == "/type") return {.type = "text/plain\r\nX-Evil: 1"};
        throw std::logic_error("a secret");
    });
    for (const auto& [path, status] :
         std::map<std::string, std::string>{{"/conflict", "409"}, {"/type", "500"}, {"/other", "500"}}) {
        RawClient client(server.port());
        client.ask("GET", path);
        const auto answer = client.answer();
        CHECK(answer.starts_with("HTTP/1.1 " + status + " "));
        CHECK(answer.find("secret") == std::string::npos);
        CHECK(answer.find("Evil") == std::string::npos);
    }
}

TEST_CASE("a server listens on a socket of its user alone, replaces a dead one and no other, and removes it")
{
    TemporaryFolder folder;
    const auto path = folder.path() / "skerry.sock";
    const auto handler = [](const Request& request) -> Response {
        return {.body = "[" + request.address + "]"};
    };
    {
        http::Server dead(handler);
        dead.bind_unix(path);
        fs::rename(path, folder.path() / "kept"); // and comes back when nobody listens on it any more
    }
    fs::rename(folder.path() / "kept", path);
    {
        http::Server server(handler);
        server.bind_unix(path);
        struct stat found {};
        REQUIRE(::lstat(path.c_str(), &found) == 0);
        CHECK((found.st_mode & 0777U) == 0600U);
        http::Server second(handler);
        CHECK_THROWS_AS(second.bind_unix(path), Error);

        std::jthread serving([&](const std::stop_token& stop) { server.serve(stop); });
        CHECK(
            ask_file(path, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").ends_with("\r\n\r\n[]"));
    }
    CHECK_FALSE(fs::exists(path));

    write_file(path, "precious");
    http::Server third(handler);
    CHECK_THROWS_AS(third.bind_unix(path), Error);
    CHECK(fs::exists(path));
}
