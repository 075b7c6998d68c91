#include "http/hub.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/clock.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <memory>
#include <mutex>
#include <vector>

using namespace skerry;
using namespace std::chrono_literals;
using http::Feed;
using http::Hub;
using http::Piece;
using test::RawClient;
using test::RunningServer;

namespace {

/// What was said so far: each text is one event, told to everyone.
class News {
public:
    void add(const std::string& text)
    {
        const std::lock_guard guard(lock_);
        pieces_.push_back(std::make_shared<const std::string>("data: " + text + "\n\n"));
    }
    Piece at(std::size_t index)
    {
        const std::lock_guard guard(lock_);
        return index < pieces_.size() ? pieces_[index] : nullptr;
    }

private:
    std::mutex lock_;
    std::vector<Piece> pieces_;
};

/// Tells all news from the first one.
class NewsFeed final : public Feed {
public:
    explicit NewsFeed(News& news, std::atomic<int>* living = nullptr) : news_(news), living_(living)
    {
        if (living_ != nullptr) ++*living_;
    }
    ~NewsFeed() override
    {
        if (living_ != nullptr) --*living_;
    }
    Next next(std::vector<Piece>& out, std::size_t room) override
    {
        std::size_t used = 0;
        while (used < room) {
            auto piece = news_.at(told_);
            if (!piece) return Next::idle;
            if (piece->find("fault") != std::string::npos) throw std::runtime_error("no more of this");
            if (piece->find("end") != std::string::npos) return Next::ended;
            ++told_;
            used += piece->size();
            out.push_back(std::move(piece));
        }
        return Next::more;
    }
    [[nodiscard]] std::string farewell() const override
    {
        return "event: resync\ndata: " + std::to_string(told_) + "\n\n";
    }

private:
    News& news_;
    std::atomic<int>* living_;
    std::size_t told_ = 0;
};

/// A feed that says what a function says.
class MadeFeed final : public Feed {
public:
    explicit MadeFeed(std::function<Next(std::vector<Piece>&)> make, std::chrono::milliseconds patience)
        : make_(std::move(make)), patience_(patience)
    {
    }
    Next next(std::vector<Piece>& out, std::size_t /*room*/) override { return make_(out); }
    [[nodiscard]] std::chrono::milliseconds patience() const override { return patience_; }

private:
    std::function<Next(std::vector<Piece>&)> make_;
    std::chrono::milliseconds patience_;
};

struct Streaming {
    News news;
    std::atomic<int> living = 0;
    Hub hub;
    RunningServer server;

    explicit Streaming(http::HubOptions options = {})
        : hub(std::move(options)), server(
                                       [this](const http::Request&) -> http::Response {
                                           return {.feed = std::make_unique<NewsFeed>(news, &living)};
                                       },
                                       {.hub = &hub})
    {
    }
    void tell(const std::string& text)
    {
        news.add(text);
        hub.wake();
    }
};

void wait_until(const std::function<bool()>& condition)
{
    for (int tries = 0; tries < 4000 && !condition(); ++tries) std::this_thread::sleep_for(5ms);
    CHECK(condition());
}

std::size_t count(const std::string& text, const std::string& part)
{
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

} // namespace

TEST_CASE("a stream begins at once and tells what was said before and what is said then")
{
    Streaming streaming;
    streaming.news.add("before");
    RawClient client(streaming.server.port());

    client.ask("GET", "/");
    const auto head = client.read_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    for (const auto* line :
         {"Content-Type: text/event-stream\r\n", "Cache-Control: no-cache, no-transform\r\n",
          "X-Accel-Buffering: no\r\n", "Connection: close\r\n", "X-Request-Id: "})
        CHECK_MESSAGE(head.find(line) != std::string::npos, line);
    CHECK(head.find("Content-Length") == std::string::npos);
    CHECK(head.find("chunked") == std::string::npos);
    CHECK(client.read_until("\n\n") == "retry: 2000\n: connected\n\n");
    CHECK(client.read_until("\n\n") == "data: before\n\n");
    streaming.tell("then");
    CHECK(client.read_until("\n\n") == "data: then\n\n");
}

TEST_CASE("HEAD of a stream is its head alone")
{
    Streaming streaming;
    RawClient client(streaming.server.port());
    client.ask("HEAD", "/");
    CHECK(client.read_until("\r\n\r\n").find("text/event-stream") != std::string::npos);
    CHECK(client.closed());
    CHECK(streaming.hub.clients() == 0);
}

TEST_CASE("many clients hear everything in order, and threads are few")
{
    Streaming streaming;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int number = 0; number < 200; ++number) {
        clients.push_back(std::make_unique<RawClient>(streaming.server.port()));
        clients.back()->ask("GET", "/");
    }
    wait_until([&] { return streaming.hub.clients() == 200; });
    std::string expected;
    for (int number = 0; number < 20; ++number) {
        streaming.tell(std::to_string(number));
        expected += "data: " + std::to_string(number) + "\n\n";
    }
    for (auto& client : clients) {
        client->read_until(": connected\n\n");
        CHECK(client->read(expected.size()) == expected);
    }
    wait_until([&] { return streaming.hub.bytes() >= 200 * expected.size(); }); // counted after the writing
}

TEST_CASE("a client that has gone is noticed though nothing is said")
{
    Streaming streaming;
    RawClient stays(streaming.server.port());
    RawClient goes(streaming.server.port());
    stays.ask("GET", "/");
    goes.ask("GET", "/");
    wait_until([&] { return streaming.living == 2; });

    goes.leave();
    wait_until([&] { return streaming.living == 1; });
    wait_until([&] { return streaming.hub.clients() == 1; });
    CHECK(streaming.hub.closed() == 1);
    streaming.tell("on");
    CHECK(stays.read_until("data: on\n\n") != "");
}

TEST_CASE(
    "one that takes nothing is told where to come back and let go; the others hear everything meanwhile")
{
    Streaming streaming({.stall = 300ms, .buffer = 16U << 10U});
    RawClient stalled(streaming.server.port());
    RawClient quick(streaming.server.port());
    stalled.ask("GET", "/");
    quick.ask("GET", "/");
    wait_until([&] { return streaming.hub.clients() == 2; });

    const std::string text(20'000, 'x');
    std::size_t told = 0;
    for (; streaming.hub.resynced() == 0 && told < 10'000; ++told) {
        streaming.tell(text);
        CHECK(quick.read_until("x\n\n").size() > text.size());
    }
    REQUIRE(streaming.hub.resynced() == 1);
    const auto heard = stalled.rest(); // its last chance
    const auto farewell = heard.rfind("event: resync\n");
    REQUIRE(farewell != std::string::npos);
    CHECK(heard.substr(farewell) ==
          "event: resync\ndata: " + std::to_string(count(heard, "data: xx")) + "\n\n");
    CHECK(count(heard, "data: xx") < told);
    streaming.tell("on");
    CHECK(quick.read_until("data: on\n\n") != "");
}

TEST_CASE("one that never takes anything again is let go all the same")
{
    Streaming streaming({.stall = 200ms, .buffer = 16U << 10U});
    RawClient stalled(streaming.server.port());
    stalled.ask("GET", "/");
    wait_until([&] { return streaming.hub.clients() == 1; });
    for (int number = 0; number < 500; ++number) streaming.tell(std::string(20'000, 'x'));
    wait_until([&] { return streaming.living == 0; });
    CHECK(streaming.hub.resynced() == 1);
}

TEST_CASE("a slow client hears everything in the end")
{
    Streaming streaming({.buffer = 16U << 10U});
    RawClient slow(streaming.server.port());
    slow.ask("GET", "/");
    for (int number = 0; number < 300; ++number)
        streaming.tell(std::to_string(number) + std::string(20'000, 'x'));
    streaming.tell("end");
    const auto heard = slow.rest();
    CHECK(count(heard, "data: ") == 300);
    CHECK(heard.find("data: 299x") != std::string::npos);
    CHECK(heard.ends_with("x\n\n"));
}

TEST_CASE("silence is broken by a comment")
{
    Streaming streaming({.heartbeat = 50ms});
    RawClient client(streaming.server.port());
    client.ask("GET", "/");
    CHECK(client.read_until(": keep-alive\n\n") != "");
    CHECK(client.read_until(": keep-alive\n\n") != "");
}

TEST_CASE("a feed that ends closes its connection")
{
    Streaming streaming;
    RawClient first(streaming.server.port());
    first.ask("GET", "/");
    first.read_until(": connected\n\n");
    streaming.tell("last");
    CHECK(first.read_until("data: last\n\n") != "");
    streaming.tell("end");
    CHECK(first.closed());
}

TEST_CASE("a feed that fails ends no other stream")
{
    News good_news;
    News bad_news;
    Hub hub;
    RunningServer server(
        [&](const http::Request& request) -> http::Response {
            return {.feed = std::make_unique<NewsFeed>(request.path == "/bad" ? bad_news : good_news)};
        },
        {.hub = &hub});
    RawClient good(server.port());
    RawClient bad(server.port());
    good.ask("GET", "/good");
    bad.ask("GET", "/bad");
    bad.read_until(": connected\n\n");
    bad_news.add("fault");
    good_news.add("on");
    hub.wake();
    CHECK(bad.closed());
    CHECK(good.read_until("data: on\n\n") != "");
}

TEST_CASE("what has no bell is asked again when its patience is over")
{
    std::atomic<int> asked = 0;
    Hub hub;
    RunningServer server(
        [&](const http::Request&) -> http::Response {
            return {.feed = std::make_unique<MadeFeed>(
                        [&](std::vector<Piece>& out) {
                            out.push_back(std::make_shared<const std::string>(
                                "data: " + std::to_string(++asked) + "\n\n"));
                            return Feed::Next::idle;
                        },
                        10ms)};
        },
        {.hub = &hub});
    RawClient client(server.port());
    client.ask("GET", "/");
    CHECK(client.read_until("data: 5\n\n") != "");
}

TEST_CASE("a feed without end does not keep others waiting")
{
    const auto much = std::make_shared<const std::string>("data: " + std::string(30'000, 'y') + "\n\n");
    News news;
    Hub hub;
    RunningServer server(
        [&](const http::Request& request) -> http::Response {
            if (request.path == "/news") return {.feed = std::make_unique<NewsFeed>(news)};
            return {.feed = std::make_unique<MadeFeed>(
                        [&](std::vector<Piece>& out) {
                            out.push_back(much);
                            return Feed::Next::more;
                        },
                        std::chrono::milliseconds::max())};
        },
        {.hub = &hub});
    std::vector<std::unique_ptr<RawClient>> greedy;
    for (int number = 0; number < 5; ++number) {
        greedy.push_back(std::make_unique<RawClient>(server.port()));
        greedy.back()->ask("GET", "/endless");
    }
    std::jthread drinking([&](const std::stop_token& stop) {
        while (!stop.stop_requested())
            for (auto& client : greedy) client->read(100'000);
    });
    RawClient modest(server.port());
    modest.ask("GET", "/news");
    for (int number = 0; number < 10; ++number) {
        news.add(std::to_string(number));
        hub.wake();
        CHECK(modest.read_until("data: " + std::to_string(number) + "\n\n") != "");
    }
}

TEST_CASE("who looks for news does so once for each round, on the hub's thread, before the feeds are asked")
{
    std::atomic<int> rounds = 0;
    News news;
    Hub hub({.on_wake = [&] { news.add("round " + std::to_string(++rounds)); }});
    RunningServer server(
        [&](const http::Request&) -> http::Response { return {.feed = std::make_unique<NewsFeed>(news)}; },
        {.hub = &hub});
    RawClient client(server.port());
    client.ask("GET", "/");
    client.read_until(": connected\n\n");
    hub.wake();
    CHECK(client.read_until("round 1\n\n") != "");
    for (int number = 0; number < 1000; ++number) hub.wake();
    CHECK(client.read_until("round 2\n\n") != "");
    CHECK(rounds <= 1001); // those that come while it is at work are one
}

TEST_CASE(
    "at the stop everybody is told where to come back, also one that takes nothing and one that is late")
{
    Streaming streaming({.buffer = 16U << 10U});
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int number = 0; number < 50; ++number) {
        clients.push_back(std::make_unique<RawClient>(streaming.server.port()));
        clients.back()->ask("GET", "/");
    }
    RawClient stalled(streaming.server.port());
    stalled.ask("GET", "/");
    wait_until([&] { return streaming.hub.clients() == 51; });
    for (int number = 0; number < 3; ++number) {
        streaming.tell("x");
        for (auto& client : clients) client->read_until("data: x\n\n");
    }

    const auto start = monotonic_now();
    streaming.server.stop();
    CHECK(monotonic_now() - start < 5000);
    for (auto& client : clients) CHECK(client->rest() == "event: resync\ndata: 3\n\n");
    CHECK(streaming.hub.clients() == 0);
    CHECK(streaming.living == 0);

    int ends[2] = {};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    Descriptor late(ends[0]);
    streaming.hub.adopt(Descriptor(ends[1]), std::make_unique<NewsFeed>(streaming.news));
    std::string said(1000, '\0');
    said.resize(static_cast<std::size_t>(::recv(late.get(), said.data(), said.size(), 0)));
    CHECK(said.ends_with("event: resync\ndata: 0\n\n"));
}
