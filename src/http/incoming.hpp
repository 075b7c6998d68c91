#pragma once

#include "http/request_head.hpp"
#include "http/server.hpp"
#include "util/descriptor.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace skerry::http {

/// What the connections of one server have in common.
struct Surroundings {
    Server::Handler handler{};
    ServerOptions options{};
    std::stop_token stop{};
    Descriptor stopped{}; ///< an event: readable from the stop on
    /// Threads that wait for their client right now: for its next bytes, or until it takes some.
    mutable std::atomic<std::size_t> waiting_threads = 0;
};

/// A connection that a client has opened; for one thread at a time. Owns the socket.
class Incoming {
public:
    Incoming(Descriptor socket, const Surroundings& surroundings);

    enum class Received { bytes, late, gone };
    /// More input, which is waited for until `deadline`; gone also when the server stops.
    Received receive(std::int64_t deadline);
    /// A deadline for a client that may be slow: near at hand while many of the threads wait for such.
    [[nodiscard]] std::int64_t within_patience(std::int64_t deadline) const noexcept;
    /// More input where there is some; else late.
    Received receive_now();

    /// Whether there is a whole head, or too much of one.
    [[nodiscard]] bool has_head();
    /// The head that is there, or what to refuse it with.
    RequestHead take_head();
    /// No more is waited for the rest of the head: take_head() refuses it.
    void set_late() noexcept { is_late_ = true; }

    /// What has come and has not been used.
    std::string& input() noexcept { return input_; }

    /// False when the client has gone, takes too little, or the server stops while it is slow.
    bool write(std::string_view bytes) noexcept;
    /// False, too, when the kernel does not take all of it at once.
    bool write_now(std::string_view bytes) noexcept;
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    /// As Request::await and Request::pause.
    [[nodiscard]] Wait await(int descriptor, short events, std::chrono::milliseconds time) const noexcept;
    [[nodiscard]] bool pause(std::chrono::milliseconds time) const noexcept
    {
        return await(-1, 0, time) != Wait::ended;
    }

    /// Nothing more is said. What the client still sends has to be read, or it never sees what it was told.
    void say_goodbye() noexcept;

    /// Hands the socket to the caller; nothing else may be done here any more.
    Descriptor take_socket() noexcept { return std::move(socket_); }

    [[nodiscard]] bool stopping() const noexcept { return surroundings_.stop.stop_requested(); }
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] const Surroundings& surroundings() const noexcept { return surroundings_; }

private:
    void skip_empty_lines();
    [[nodiscard]] bool wait_for(short events, std::int64_t deadline) const noexcept;

    Descriptor socket_;
    const Surroundings& surroundings_;
    std::string address_;
    std::string input_;
    std::size_t searched_ = 0; ///< of the input, for the end of a head
    bool is_late_ = false;
    std::uint64_t written_ = 0;
};

} // namespace skerry::http
