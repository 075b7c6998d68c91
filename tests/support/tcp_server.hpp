#pragma once

#include "util/descriptor.hpp"
#include "util/socket_path.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace skerry::test {

/// One connection to a TcpServer, for saying exactly the bytes that a test wants said.
class Connection {
public:
    Connection(Descriptor socket, std::stop_token stop) : socket_(std::move(socket)), stop_(std::move(stop))
    {
    }

    /// The next request's head and, by its content-length, its body; empty when the client has gone.
    std::string read_request()
    {
        while (true) {
            const auto head = buffer_.find("\r\n\r\n");
            if (head != std::string::npos) {
                const auto whole = head + 4 + length_of(buffer_.substr(0, head));
                if (buffer_.size() >= whole) return take(whole);
            }
            if (!fill()) return {};
        }
    }
    /// False when the client has gone.
    bool write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Waits until the client has gone or the server is destroyed.
    void wait_for_end()
    {
        while (fill()) {
        }
    }
    [[nodiscard]] const std::stop_token& stop() const { return stop_; }

private:
    static std::size_t length_of(const std::string& head)
    {
        const auto at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }
    std::string take(std::size_t length)
    {
        auto taken = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return taken;
    }
    bool fill()
    {
        char bytes[4096];
        while (!stop_.stop_requested()) {
            pollfd waiting{socket_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 20) == 0) continue;
            const auto got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
            if (got <= 0) return false;
            buffer_.append(bytes, static_cast<std::size_t>(got));
            return true;
        }
        return false;
    }

    Descriptor socket_;
    std::stop_token stop_;
    std::string buffer_;
};

/// Listens on a free loopback port and lets `talk` speak on each connection, each on a thread of its own.
class TcpServer {
public:
    using Talk = std::function<void(Connection&)>;

    explicit TcpServer(Talk talk)
        : talk_(std::move(talk)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* any = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        if (::bind(socket_.get(), any, size) != 0 || ::listen(socket_.get(), 64) != 0 ||
            ::getsockname(socket_.get(), any, &size) != 0) {
            throw std::runtime_error("no port to listen on");
        }
        port_ = ntohs(address.sin_port);
        accepting_ = std::jthread([this](const std::stop_token& stop) { accept_until(stop); });
    }
    /// At a unix socket instead.
    TcpServer(const std::filesystem::path& path, Talk talk)
        : talk_(std::move(talk)), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const SocketPath address(path);
        if (::bind(socket_.get(), address.get(), address.size()) != 0 || ::listen(socket_.get(), 64) != 0)
            throw std::runtime_error("no socket to listen at");
        accepting_ = std::jthread([this](const std::stop_token& stop) { accept_until(stop); });
    }
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;
    ~TcpServer()
    {
        accepting_.request_stop();
        accepting_.join();
    }

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }

private:
    void accept_until(const std::stop_token& stop)
    {
        std::vector<std::jthread> talking;
        while (!stop.stop_requested()) {
            pollfd waiting{socket_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            Descriptor client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client.open()) continue;
            ++connections_;
            talking.emplace_back([this, held = std::move(client), stop]() mutable {
                Connection connection(std::move(held), stop);
                talk_(connection);
            });
        }
    }

    Talk talk_;
    Descriptor socket_;
    int port_ = 0;
    std::atomic<int> connections_ = 0;
    std::jthread accepting_;
};

/// A whole answer with its length.
inline std::string http_answer(std::string_view status, std::string_view type, std::string_view body)
{
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(type) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// One chunk of a body without a known end.
inline std::string http_chunk(std::string_view bytes)
{
    constexpr auto* digits = "0123456789abcdef";
    std::string length;
    for (auto left = bytes.size(); left != 0; left /= 16) length.insert(0, 1, digits[left % 16]);
    return (length.empty() ? "0" : length) + "\r\n" + std::string(bytes) + "\r\n";
}

} // namespace skerry::test
