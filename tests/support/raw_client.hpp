#pragma once

#include "util/clock.hpp"
#include "util/descriptor.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace skerry::test {

/// A connection to a server on 127.0.0.1 that says exactly the bytes that a test wants said.
class RawClient {
public:
    explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }

    /// Bytes that the server no longer wants are not an error.
    void send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    /// A request with a Host, and its body's length where it has a body.
    void ask(const std::string& method, const std::string& target, const std::string& body = {})
    {
        const auto length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
        send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n" + body);
    }

    /// One answer with a Content-Length, or to its end by chunks, with its head; what there is when it breaks
    /// off.
    std::string answer(bool to_head = false)
    {
        const auto head = read_until("\r\n\r\n");
        if (head.empty()) return std::exchange(input_, {});
        const bool is_head_alone =
            head.find(" 204 ") != std::string::npos || head.find(" 304 ") != std::string::npos;
        if (to_head || is_head_alone) return head;
        if (head.find("Transfer-Encoding: chunked") != std::string::npos) {
            const auto body = read_until("0\r\n\r\n");
            return head + (body.empty() ? std::exchange(input_, {}) : body);
        }
        const auto length = head.find("Content-Length: ");
        if (length == std::string::npos) return head + rest();
        return head + read(std::stoul(head.substr(length + 16)));
    }

    /// Up to and with `mark`; empty when the connection ends before it.
    std::string read_until(std::string_view mark)
    {
        for (auto end = input_.find(mark);; end = input_.find(mark)) {
            if (end != std::string::npos) return take(end + mark.size());
            if (!receive()) return {};
        }
    }

    std::string read(std::size_t count)
    {
        while (input_.size() < count && receive()) {
        }
        return take(std::min(count, input_.size()));
    }

    /// All that comes until the server closes the connection.
    std::string rest()
    {
        while (receive()) {
        }
        return take(input_.size());
    }

    /// Whether the server has closed the connection and said nothing more.
    bool closed() { return rest().empty(); }

    /// Takes the connection away as a killed client does.
    void leave() { socket_.close(); }

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
    std::string take(std::size_t count)
    {
        auto text = input_.substr(0, count);
        input_.erase(0, count);
        return text;
    }

    bool receive()
    {
        pollfd wait{socket_.get(), POLLIN, 0};
        constexpr int patience = 20'000; // ms; a test that waits so long has failed
        if (::poll(&wait, 1, patience) <= 0) throw std::runtime_error("the server says nothing");
        std::array<char, 16384> part{};
        const auto count = ::recv(socket_.get(), part.data(), part.size(), 0);
        if (count > 0) input_.append(part.data(), static_cast<std::size_t>(count));
        return count > 0;
    }

    Descriptor socket_;
    std::string input_;
};

} // namespace skerry::test
