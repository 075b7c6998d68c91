#include "http/follower.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace skerry::http {
namespace {

constexpr int kernel_buffer = 64 << 10; // else the kernel hoards megabytes for a client that does not read

} // namespace

Follower::Follower(Descriptor socket, std::unique_ptr<Feed> feed, std::size_t buffer, std::int64_t now)
    : socket_(std::move(socket)), feed_(std::move(feed)), buffer_(buffer), last_progress_(now)
{
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUF, &kernel_buffer, sizeof kernel_buffer);
}

Feed::Next Follower::ask(std::size_t most, std::vector<Piece>& pieces, std::int64_t now)
{
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24);
    pieces.clear();
    const auto next = feed_->next(pieces, std::min(most, buffer_ - buffered_));
    for (auto& piece : pieces) add(std::move(piece), now);
    pieces.clear();
    wants = next == Feed::Next::more;
    if (next == Feed::Next::ended) close_when_taken();
    const auto patience = feed_->patience();
    ask_again_at_ = patience < longest ? now + patience.count() : never;
    return next;
}

void Follower::add(Piece piece, std::int64_t now)
{
    if (!piece || piece->empty()) return;
    if (buffered_ == 0) last_progress_ = now;
    buffered_ += piece->size();
    pieces_.push_back(std::move(piece));
}

void Follower::say_farewell(std::int64_t now, std::int64_t deadline)
{
    add(std::make_shared<const std::string>(feed_->farewell()), now);
    last_progress_ = now;
    deadline_ = deadline;
    close_when_taken();
}

std::ptrdiff_t Follower::flush(std::int64_t now) noexcept
{
    std::ptrdiff_t taken = 0;
    while (buffered_ > 0) {
        constexpr std::size_t most = 64;
        std::array<iovec, most> parts; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
        std::size_t used = 0;
        for (auto at = first_; at < pieces_.size() && used < most; ++at, ++used)
            parts[used] = {const_cast<char*>(pieces_[at]->data()), pieces_[at]->size()};
        parts[0].iov_base = static_cast<char*>(parts[0].iov_base) + offset_;
        parts[0].iov_len -= offset_;
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = used;
        const auto count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0 && errno != EINTR) return -1;
        if (count <= 0) continue;
        forget(static_cast<std::size_t>(count));
        last_progress_ = now;
        taken += count;
    }
    return taken;
}

void Follower::forget(std::size_t count) noexcept
{
    buffered_ -= count;
    for (offset_ += count; first_ < pieces_.size() && offset_ >= pieces_[first_]->size(); ++first_) {
        offset_ -= pieces_[first_]->size();
        pieces_[first_].reset();
    }
    constexpr std::size_t ordinary = 16;
    if (first_ < ordinary && first_ < pieces_.size()) return;
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
    if (pieces_.empty() && pieces_.capacity() > ordinary) pieces_.shrink_to_fit(); // thousands wait idly
}

void Follower::hang_up() noexcept
{
    std::array<char, 4096> unread; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    ::recv(socket_.get(), unread.data(), unread.size(), MSG_DONTWAIT);
    ::shutdown(socket_.get(), SHUT_WR);
}

} // namespace skerry::http
