#include "http/incoming.hpp"

#include "util/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace skerry::http {
namespace {

constexpr std::size_t slowest_taking = 16;     // bytes in a millisecond
constexpr std::int64_t little_patience = 1000; // ms, for one client while many are slow

int left_until(std::int64_t deadline) noexcept
{
    return static_cast<int>(std::clamp<std::int64_t>(deadline - monotonic_now(), 0, 60'000));
}

/// Whether one of `waits` happens before the deadline.
template <std::size_t N> bool happens(std::array<pollfd, N>& waits, std::int64_t deadline) noexcept
{
    for (;;) {
        const int count = ::poll(waits.data(), waits.size(), left_until(deadline));
        if (count > 0) return true;
        if (count < 0 && errno != EINTR) return false;
        if (monotonic_now() >= deadline) return false;
    }
}

/// The IP at the other end; empty over a unix socket.
std::string address_at(int socket)
{
    constexpr std::string_view mapped = "::ffff:"; // what came by IPv4 to a socket for both
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> text{};
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::getpeername(socket, any, &size) != 0 || address.ss_family == AF_UNIX) return {};
    if (::getnameinfo(any, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
    const std::string_view found = text.data();
    const bool is_mapped = found.starts_with(mapped) && found.find('.') != std::string_view::npos;
    return std::string(is_mapped ? found.substr(mapped.size()) : found);
}

RequestHead refused(int status)
{
    RequestHead head;
    head.refusal = status;
    return head;
}

} // namespace

Incoming::Incoming(Descriptor socket, const Surroundings& surroundings)
    : socket_(std::move(socket)), surroundings_(surroundings), address_(address_at(socket_.get()))
{
}

bool Incoming::wait_for(short events, std::int64_t deadline) const noexcept
{
    std::array<pollfd, 2> waits{{{socket_.get(), events, 0}, {surroundings_.stopped.get(), POLLIN, 0}}};
    ++surroundings_.waiting_threads;
    const bool happened = happens(waits, deadline);
    --surroundings_.waiting_threads;
    return happened && waits[1].revents == 0;
}

std::int64_t Incoming::within_patience(std::int64_t deadline) const noexcept
{
    const bool many_wait = surroundings_.waiting_threads >= surroundings_.options.most_threads / 2;
    return many_wait ? std::min(deadline, monotonic_now() + little_patience) : deadline;
}

Incoming::Received Incoming::receive(std::int64_t deadline)
{
    if (wait_for(POLLIN, deadline)) return receive_now();
    return monotonic_now() >= deadline && !stopping() ? Received::late : Received::gone;
}

Incoming::Received Incoming::receive_now()
{
    std::array<char, 16384> part; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    const auto count = ::recv(socket_.get(), part.data(), part.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Received::late;
    if (count <= 0) return Received::gone;
    input_.append(part.data(), static_cast<std::size_t>(count));
    return Received::bytes;
}

/// Some clients send one after a body.
void Incoming::skip_empty_lines()
{
    std::size_t empty = 0;
    while (input_.compare(empty, 2, "\r\n") == 0) empty += 2;
    if (empty == 0) return;
    input_.erase(0, empty);
    searched_ = 0;
}

bool Incoming::has_head()
{
    constexpr std::string_view end = "\r\n\r\n";
    skip_empty_lines();
    const auto found = input_.find(end, searched_);
    if (found != std::string::npos || input_.size() > largest_head || is_late_) return true;
    searched_ = input_.size() - std::min(input_.size(), end.size() - 1);
    return false;
}

RequestHead Incoming::take_head()
{
    const auto end = input_.find("\r\n\r\n");
    if (std::min(end, input_.size()) > largest_head) return refused(431);
    if (end == std::string::npos) return refused(is_late_ ? 408 : 400);
    auto head = parse_head(std::string_view(input_).substr(0, end + 4), surroundings_.options.largest_body);
    input_.erase(0, end + 4);
    searched_ = 0;
    return head;
}

bool Incoming::write(std::string_view bytes) noexcept
{
    auto deadline = monotonic_now() + surroundings_.options.write_time.count() +
                    static_cast<std::int64_t>(bytes.size() / slowest_taking);
    while (!bytes.empty()) {
        const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            written_ += static_cast<std::uint64_t>(count);
        }
        if (count >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) return false;
        const auto idle = monotonic_now() + surroundings_.options.write_time.count();
        deadline = within_patience(deadline);
        if (!wait_for(POLLOUT, std::min(deadline, idle))) return false;
    }
    return true;
}

bool Incoming::write_now(std::string_view bytes) noexcept
{
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) written_ += static_cast<std::uint64_t>(count);
    return std::cmp_equal(count, bytes.size());
}

Wait Incoming::await(int descriptor, short events, std::chrono::milliseconds time) const noexcept
{
    std::array<pollfd, 3> waits{
        {{socket_.get(), POLLRDHUP, 0}, {surroundings_.stopped.get(), POLLIN, 0}, {descriptor, events, 0}}};
    if (!happens(waits, monotonic_now() + time.count())) return Wait::timeout;
    return waits[0].revents != 0 || waits[1].revents != 0 ? Wait::ended : Wait::ready;
}

void Incoming::say_goodbye() noexcept
{
    ::shutdown(socket_.get(), SHUT_WR);
    std::string().swap(input_);
}

} // namespace skerry::http
