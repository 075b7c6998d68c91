#pragma once

#include "http/feed.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace skerry::http {

struct HubOptions {
    std::chrono::milliseconds heartbeat{15'000}; ///< after so long without a word: a comment
    std::chrono::milliseconds stall{10'000};     ///< what takes nothing for so long is sent away
    std::chrono::milliseconds retry{2'000};      ///< after which a client is to come back by itself
    std::size_t buffer = 256U << 10U;            ///< bytes for each client that the kernel has not taken
    std::function<void()> on_wake{}; ///< on the hub's thread, once for each round that a wake begins
};

/// Writes streams of server-sent events to many clients with one thread. Each client has a feed, which is
/// asked when somebody wakes the hub and while the client's buffer has room: a slow client makes its own feed
/// wait and nobody else's. One that takes nothing gets its feed's farewell and is let go.
class Hub {
public:
    /// Throws Error when the kernel has no descriptor left.
    explicit Hub(HubOptions options = {});
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;
    ~Hub(); ///< stops

    /// Takes over a connection whose head has been written. Any thread. After a stop the feed's farewell is
    /// all that it is told.
    void adopt(Descriptor socket, std::unique_ptr<Feed> feed);

    /// There may be news: asks every feed. Any thread; costs next to nothing when it was woken already.
    void wake() noexcept;

    /// Says farewell to all and returns when they are closed, a fraction of a second later at most. Any
    /// thread but the hub's own; also twice.
    void stop() noexcept;

    [[nodiscard]] std::size_t clients() const noexcept;
    [[nodiscard]] std::uint64_t resynced() const noexcept; ///< sent away because they could not follow
    [[nodiscard]] std::uint64_t closed() const noexcept;   ///< for any reason
    [[nodiscard]] std::uint64_t bytes() const noexcept;    ///< written

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace skerry::http
