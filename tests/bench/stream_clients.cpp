/// Many clients of one stream of events, with one thread; called by server.py.
///
///     stream_clients PORT n= events= token=
///
/// Says "ready" when all n are connected, and ends when each has received so many events of http_bench: with
/// {"p50", "p99", "max"} of the milliseconds from the time in the event to its receipt.

#include "bench/measure.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace skerry::bench {
namespace {

constexpr std::int64_t longest = 120'000'000'000; // nanoseconds, for all of it
constexpr std::string_view greeting = ": connected\n\n";
constexpr std::string_view time_begins = "\"at\":";

struct Client {
    int socket = -1;
    bool greeted = false;
    std::string rest{}; ///< of a frame whose end has not come
};

class Clients {
public:
    Clients(std::uint16_t port, std::size_t count, std::size_t events, const std::string& token)
        : clients_(count), wanted_(count * events),
          request_("GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
                   "\r\n\r\n")
    {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        late_.reserve(wanted_);
    }

    void connect()
    {
        constexpr std::size_t at_once = 100;
        std::size_t opened = 0;
        while (greeted_ < clients_.size()) {
            while (opened < clients_.size() && opened - greeted_ < at_once) open(opened++);
            wait();
        }
    }

    std::vector<std::int64_t> follow()
    {
        while (late_.size() < wanted_) wait();
        return std::move(late_);
    }

private:
    void open(std::size_t number)
    {
        auto& client = clients_[number];
        client.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (client.socket < 0 ||
            ::connect(client.socket, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0 ||
            ::send(client.socket, request_.data(), request_.size(), 0) < 0)
            throw std::runtime_error("client " + std::to_string(number) + " cannot connect, errno " +
                                     std::to_string(errno));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = number;
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, client.socket, &event);
    }

    void wait()
    {
        std::array<epoll_event, 256> events{};
        const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 1000);
        for (int at = 0; at < count; ++at) read(clients_[events[static_cast<std::size_t>(at)].data.u64]);
        if (nanoseconds() - begun_ > longest)
            throw std::runtime_error(std::to_string(greeted_) + " clients were connected and " +
                                     std::to_string(late_.size()) + " events received when time was over");
    }

    void read(Client& client)
    {
        const auto count = ::recv(client.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) throw std::runtime_error("the server has closed a stream");
        const auto now = nanoseconds();
        client.rest.append(buffer_.data(), static_cast<std::size_t>(count));
        std::size_t begin = 0;
        for (auto end = client.rest.find("\n\n"); end != std::string::npos;
             end = client.rest.find("\n\n", begin)) {
            take(client, std::string_view(client.rest).substr(begin, end + 2 - begin), now);
            begin = end + 2;
        }
        client.rest.erase(0, begin);
    }

    void take(Client& client, std::string_view frame, std::int64_t now)
    {
        if (!client.greeted && frame.ends_with(greeting)) {
            client.greeted = true;
            ++greeted_;
        }
        const auto place = frame.find(time_begins);
        if (place != std::string_view::npos)
            late_.push_back(now - std::stoll(std::string(frame.substr(place + time_begins.size(), 20))));
    }

    std::vector<Client> clients_;
    std::size_t wanted_;
    std::string request_;
    sockaddr_in address_{};
    std::vector<std::int64_t> late_;
    std::size_t greeted_ = 0;
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::int64_t begun_ = nanoseconds();
    std::array<char, 65536> buffer_{};
};

} // namespace
} // namespace skerry::bench

int main(int count, char** words)
try {
    using namespace skerry::bench;
    if (count < 2) throw std::invalid_argument("usage: stream_clients PORT [name=value...]");
    const Options options(count - 2, words + 2);
    Clients clients(static_cast<std::uint16_t>(std::stoi(words[1])),
                    static_cast<std::size_t>(options.number("n", 1)),
                    static_cast<std::size_t>(options.number("events", 1)), options.text("token", ""));
    clients.connect();
    std::puts("ready");
    std::fflush(stdout);
    print(percentiles(clients.follow()));
    return 0;
} catch (const std::exception& fault) {
    std::fprintf(stderr, "stream_clients: %s\n", fault.what());
    return 1;
}
