#include "http/incoming.hpp"

#include "util/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace skerry::http {
namespace {

constexpr int head_time = 10'000; // ms, from its first byte
constexpr int body_time = 60'000;
constexpr int write_time = 10'000; // for a client that takes nothing
constexpr int idle_time = 30'000;
constexpr int undisturbed_time = 250; // before an idle connection makes room for another
constexpr int goodbye_time = 500;
constexpr std::size_t longest_line = 1024; // of a chunk's length or a trailer

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

/// The number at the start of a chunk; what follows ';' is for nobody.
std::optional<std::size_t> chunk_length(std::string_view line) noexcept
{
    line = line.substr(0, line.find(';'));
    std::size_t length = 0;
    const auto end = line.data() + line.size();
    const auto result = std::from_chars(line.data(), end, length, 16);
    if (line.empty() || line.size() > 8 || result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return length;
}

RequestHead refused(int status)
{
    RequestHead head;
    head.refusal = status;
    return head;
}

} // namespace

Incoming::Incoming(Descriptor socket, const Surroundings& surroundings)
    : socket_(std::move(socket)), surroundings_(surroundings)
{
    ::fcntl(socket_.get(), F_SETFD, FD_CLOEXEC);
}

bool Incoming::wait_for_input(std::int64_t deadline, bool makes_room) const noexcept
{
    std::array<pollfd, 3> waits{{{socket_.get(), POLLIN, 0},
                                 {surroundings_.stopped.get(), POLLIN, 0},
                                 {makes_room ? surroundings_.crowded.get() : -1, POLLIN, 0}}};
    while (happens(waits, deadline)) {
        if (waits[1].revents != 0) return false;
        if (waits[0].revents != 0) return true;
        eventfd_t taken = 0;
        if (::eventfd_read(surroundings_.crowded.get(), &taken) == 0) return false;
    }
    return false;
}

bool Incoming::wait_for_request() const noexcept
{
    const auto start = monotonic_now();
    return wait_for_input(start + undisturbed_time) || wait_for_input(start + idle_time, true);
}

bool Incoming::receive()
{
    std::array<char, 16384> part; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    if (!wait_for_input(deadline_)) return false;
    const auto count = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (count <= 0) return false;
    input_.append(part.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<RequestHead> Incoming::read_request()
{
    if (input_.empty() && !wait_for_request()) return std::nullopt;
    deadline_ = monotonic_now() + head_time;
    auto head = read_head();
    if (!head || head->refusal != 0) return head;
    deadline_ = monotonic_now() + body_time;
    if (head->expects_continue && !write("HTTP/1.1 100 Continue\r\n\r\n")) return std::nullopt;
    if (!read_body(*head)) return std::nullopt;
    return head;
}

std::optional<RequestHead> Incoming::read_head()
{
    for (;;) {
        while (input_.starts_with("\r\n")) input_.erase(0, 2);
        const auto end = input_.find("\r\n\r\n");
        if (std::min(end, input_.size()) > largest_head) return refused(431);
        if (end != std::string::npos) {
            auto head = parse_head(std::string_view(input_).substr(0, end + 4));
            input_.erase(0, end + 4);
            return head;
        }
        if (receive()) continue;
        if (monotonic_now() < deadline_ || input_.empty()) return std::nullopt;
        return refused(408);
    }
}

bool Incoming::read_body(RequestHead& head)
{
    return head.chunked ? read_chunks(head) : read_exactly(head.length, head.request.body);
}

bool Incoming::read_chunks(RequestHead& head)
{
    for (;;) {
        const auto length = read_chunk(head);
        if (!length) return head.refusal != 0;
        if (*length == 0) return read_trailers();
    }
}

/// Adds the next chunk to the body. Its length; nothing when it is refused or the connection broke.
std::optional<std::size_t> Incoming::read_chunk(RequestHead& head)
{
    auto& body = head.request.body;
    const auto line = read_line();
    if (!line) return std::nullopt;
    const auto length = chunk_length(*line);
    if (!length) head.refusal = 400;
    if (length && *length > largest_body - body.size()) head.refusal = 413;
    if (head.refusal != 0) return std::nullopt;
    if (*length == 0) return length;
    if (!read_exactly(*length, body)) return std::nullopt;
    const auto end = read_line();
    if (end && !end->empty()) head.refusal = 400;
    return end && end->empty() ? length : std::nullopt;
}

bool Incoming::read_trailers()
{
    constexpr int most_trailers = 100;
    for (int left = most_trailers; left > 0; --left) {
        const auto line = read_line();
        if (!line || line->empty()) return line.has_value();
    }
    return false;
}

bool Incoming::read_exactly(std::size_t length, std::string& text)
{
    while (length > 0) {
        if (input_.empty() && !receive()) return false;
        const auto count = std::min(length, input_.size());
        text.append(input_, 0, count);
        input_.erase(0, count);
        length -= count;
    }
    return true;
}

std::optional<std::string> Incoming::read_line()
{
    auto end = input_.find("\r\n");
    while (end == std::string::npos) {
        if (input_.size() > longest_line || !receive()) return std::nullopt;
        end = input_.find("\r\n");
    }
    auto line = input_.substr(0, end);
    input_.erase(0, end + 2);
    return line;
}

bool Incoming::write(std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        if (count >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) return false;
        std::array<pollfd, 2> waits{{{socket_.get(), POLLOUT, 0}, {surroundings_.stopped.get(), POLLIN, 0}}};
        if (!happens(waits, monotonic_now() + write_time) || waits[1].revents != 0) return false;
    }
    return true;
}

bool Incoming::pause(std::chrono::milliseconds time) const noexcept
{
    std::array<pollfd, 2> waits{{{socket_.get(), POLLRDHUP, 0}, {surroundings_.stopped.get(), POLLIN, 0}}};
    return !happens(waits, monotonic_now() + time.count());
}

void Incoming::say_goodbye() noexcept
{
    ::shutdown(socket_.get(), SHUT_WR);
    const auto end = monotonic_now() + goodbye_time;
    std::array<char, 16384> part;
    while (wait_for_input(end))
        if (::recv(socket_.get(), part.data(), part.size(), 0) <= 0) return;
}

} // namespace skerry::http
