#pragma once

#include "http/feed.hpp"
#include "util/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace skerry::http {

inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// One client of a hub: its connection, its feed, and what the kernel has not yet taken of it. On the hub's
/// thread alone; times are of the monotonic clock.
class Follower {
public:
    Follower(Descriptor socket, std::unique_ptr<Feed> feed, std::size_t buffer, std::int64_t now);

    /// Asks the feed for `most` bytes or what there is room for. Throws what the feed throws.
    Feed::Next ask(std::size_t most, std::vector<Piece>& pieces, std::int64_t now);
    void add(Piece piece, std::int64_t now);
    /// The last words, after which the connection is closed as soon as all is taken, or at `deadline`.
    void say_farewell(std::int64_t now, std::int64_t deadline);
    /// No more is said.
    void close_when_taken() noexcept { is_closing_ = true; }

    /// Writes what the kernel takes; how many bytes, or -1 when the client has gone.
    std::ptrdiff_t flush(std::int64_t now) noexcept;
    /// Lets the client read what the kernel has taken although it may be talking itself.
    void hang_up() noexcept;

    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    [[nodiscard]] bool has_room() const noexcept { return !is_closing_ && buffered_ < buffer_; }
    [[nodiscard]] bool is_closing() const noexcept { return is_closing_; }
    [[nodiscard]] bool is_done() const noexcept { return is_closing_ && buffered_ == 0; }
    [[nodiscard]] bool has_unsent() const noexcept { return buffered_ > 0; }
    [[nodiscard]] std::int64_t last_progress() const noexcept { return last_progress_; }
    [[nodiscard]] std::int64_t deadline() const noexcept { return deadline_; }
    [[nodiscard]] std::int64_t ask_again_at() const noexcept { return ask_again_at_; }

    bool wants = true;            ///< to be asked when there is room
    bool listed = false;          ///< among those to be asked in this round
    std::int64_t planned = never; ///< when the hub looks at it next

private:
    void forget(std::size_t count) noexcept;

    Descriptor socket_;
    std::unique_ptr<Feed> feed_;
    const std::size_t buffer_;
    std::vector<Piece> pieces_; ///< not taken, from `first_` on
    std::size_t first_ = 0;
    std::size_t offset_ = 0; ///< in the first piece
    std::size_t buffered_ = 0;
    bool is_closing_ = false;
    std::int64_t last_progress_; ///< when the kernel last took bytes, or there were none for it to take
    std::int64_t deadline_ = never;
    std::int64_t ask_again_at_ = never;
};

} // namespace skerry::http
