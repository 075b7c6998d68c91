#pragma once

#include "http/follower.hpp"
#include "http/helpers.hpp"
#include "http/hub.hpp"

#include <atomic>
#include <deque>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::http {

struct HubCounters {
    std::atomic<std::size_t> clients = 0;
    std::atomic<std::uint64_t> resynced = 0;
    std::atomic<std::uint64_t> closed = 0;
    std::atomic<std::uint64_t> bytes = 0;
};

/// All clients of a hub: asks their feeds in turn, writes what the kernel takes, and looks after those that
/// are silent or slow. On the hub's thread alone, but that others help to write when there are many.
class Followers {
public:
    /// `bell` is an event that ends a wait. All outlive it. Throws Error.
    Followers(const HubOptions& options, int bell, HubCounters& counters);

    void add(Descriptor socket, std::unique_ptr<Feed> feed) noexcept;
    /// Waits for clients and the bell until there is something to do; writes to those that take more again,
    /// forgets those that have gone.
    void wait() noexcept { wait(waiting_time()); }
    /// All are to be asked for news.
    void list_all() noexcept;
    /// One turn for each that has been listed before; who wants more waits for the next round.
    void ask_listed() noexcept;
    void look_at_clock() noexcept;

    /// Says farewell to all and closes them, within a moment.
    void dismiss_all() noexcept;
    /// Likewise for one that comes too late to be added. From any thread.
    void turn_away(Descriptor socket, std::unique_ptr<Feed> feed) const noexcept;

private:
    using Number = std::uint64_t; ///< of a client; descriptors are used again, numbers are not
    using Timer = std::pair<std::int64_t, Number>;
    /// A client that has been asked and is to be written to.
    struct Asked {
        Number number;
        Follower* client;
        std::ptrdiff_t taken;
    };

    template <class Work> void with(Number number, const Work& work) noexcept;
    void watch(int descriptor, Number number, std::uint32_t events) const;
    [[nodiscard]] int waiting_time() const noexcept;
    void wait(int time) noexcept;
    void list(Number number, Follower& client);
    void ask(Number number, Follower& client);
    void ask_some(std::size_t count) noexcept;
    void write_to_asked() noexcept;
    void flush(Number number, Follower& client);
    void settle(Number number, Follower& client, std::ptrdiff_t taken);
    [[nodiscard]] std::int64_t due(const Follower& client) const noexcept;
    [[nodiscard]] std::int64_t stalled_at(const Follower& client) const noexcept;
    void plan(Number number, Follower& client);
    void look_after(Number number, Follower& client, std::int64_t now);
    void drop(Number number) noexcept;

    const HubOptions& options_;
    const int bell_;
    HubCounters& counters_;
    const Descriptor poll_;
    const Piece welcome_;
    const Piece heartbeat_;
    std::unordered_map<Number, Follower> clients_;
    std::deque<Number> listed_;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::vector<Piece> pieces_; ///< from one feed at a time
    std::vector<Asked> asked_;  ///< in this part of a round
    std::optional<Helpers> helpers_;
    Number last_number_ = 0; ///< which is the bell's
};

} // namespace skerry::http
