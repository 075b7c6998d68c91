#pragma once

#include "http/request_head.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace skerry::http {

/// What the connections of one server have in common. The descriptors are events that end waits early.
struct Surroundings {
    std::stop_token stop{};
    Descriptor stopped; ///< readable from the stop on
    Descriptor crowded; ///< a semaphore: each count asks one idle connection to make room
};

/// A connection that a client has opened; for one thread. Owns the socket.
class Incoming {
public:
    Incoming(Descriptor socket, const Surroundings& surroundings);

    /// The next request with its body, or what to refuse it with; nothing when the connection is over: the
    /// client has gone, was idle for too long, had to make room, or the server stops.
    std::optional<RequestHead> read_request();

    /// False when the client has gone, takes nothing for ten seconds, or the server stops while it is slow.
    bool write(std::string_view bytes) noexcept;

    /// False at once when the client leaves or the server stops, else true after `time`.
    [[nodiscard]] bool pause(std::chrono::milliseconds time) const noexcept;

    /// Lets a client that is still sending read what it was told: its words are thrown away for a moment.
    void say_goodbye() noexcept;

    [[nodiscard]] bool stopping() const noexcept { return surroundings_.stop.stop_requested(); }
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }

private:
    bool wait_for_input(std::int64_t deadline, bool makes_room = false) const noexcept;
    bool wait_for_request() const noexcept;
    bool receive();
    std::optional<RequestHead> read_head();
    bool read_body(RequestHead& head);
    bool read_chunks(RequestHead& head);
    std::optional<std::size_t> read_chunk(RequestHead& head);
    bool read_trailers();
    bool read_exactly(std::size_t length, std::string& text);
    std::optional<std::string> read_line();

    Descriptor socket_;
    const Surroundings& surroundings_;
    std::string input_;         ///< received and not yet used
    std::int64_t deadline_ = 0; ///< until when the request must be there, by the monotonic clock
};

} // namespace skerry::http
