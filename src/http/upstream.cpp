#include "http/upstream.hpp"

#include "http/event.hpp"
#include "http/loopback.hpp"
#include "http/response_head.hpp"
#include "http/unix_socket.hpp"
#include "util/clock.hpp"
#include "util/deadline.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace skerry::http {
namespace {

constexpr std::chrono::milliseconds connect_time(5'000);
constexpr std::chrono::milliseconds write_time(30'000); // for a server that takes nothing

/// For a request that no client waits for.
Wait await_alone(int descriptor, short events, std::chrono::milliseconds time)
{
    std::array<pollfd, 1> waits{{{descriptor, events, 0}}};
    return Deadline(time).wait(waits) ? Wait::ready : Wait::timeout;
}

/// Readable from the stop on.
class StopBell {
public:
    explicit StopBell(std::stop_token stop)
        : bell_(make_event()), at_stop_(std::move(stop), [this] { ::eventfd_write(bell_.get(), 1); })
    {
    }
    [[nodiscard]] int descriptor() const noexcept { return bell_.get(); }

private:
    Descriptor bell_;
    std::stop_callback<std::function<void()>> at_stop_;
};

std::function<Wait(int, short, std::chrono::milliseconds)> await_until(std::stop_token stop)
{
    return [bell = std::make_shared<StopBell>(std::move(stop))](int descriptor, short events,
                                                                std::chrono::milliseconds time) {
        std::array<pollfd, 2> waits{{{descriptor, events, 0}, {bell->descriptor(), POLLIN, 0}}};
        if (!Deadline(time).wait(waits)) return Wait::timeout;
        return waits[1].revents != 0 ? Wait::ended : Wait::ready;
    };
}

/// The lines after the first; nothing when one is no header.
std::optional<Headers> headers_in(std::string_view head)
{
    Headers headers;
    for (auto rest = head.substr(head.find("\r\n") + 2); rest != "\r\n";) {
        const auto end = rest.find("\r\n");
        const auto line = rest.substr(0, end);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 || !is_line(line)) return std::nullopt;
        headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
        rest.remove_prefix(end + 2);
    }
    return headers;
}

/// How the body's end is found; nothing when that is said in two ways or in none that is known.
std::optional<BodyDecoder> body_after(const UpstreamHead& head)
{
    const auto encoding = value_of(head.headers, "Transfer-Encoding");
    const auto length = value_of(head.headers, "Content-Length");
    if (head.status == 204 || head.status == 304) return BodyDecoder::of_length(0);
    if (!encoding.empty() && (!same_name(encoding, "chunked") || !length.empty())) return std::nullopt;
    if (!encoding.empty()) return BodyDecoder::of_chunks();
    if (length.empty()) return BodyDecoder::of_the_rest();
    const auto number = number_in(length);
    if (!number) return std::nullopt;
    return BodyDecoder::of_length(static_cast<std::size_t>(*number));
}

} // namespace

Upstream::Upstream(const Request& client, int port)
    : where_("127.0.0.1:" + std::to_string(port)), await_(client.await ? client.await : await_alone),
      socket_(begin_to_connect(port))
{
    if (socket_.open()) wait(POLLOUT, connect_time);
    if (!socket_.open() || !is_connected(socket_))
        throw Error(Code::unavailable, "nothing answers at " + where());
}

Upstream::Upstream(const std::filesystem::path& socket, std::stop_token stop)
    : where_(socket.string()), await_(await_until(std::move(stop))), socket_(connect_to(socket))
{
}

void Upstream::wait(short events, std::chrono::milliseconds time)
{
    switch (await_(socket_.get(), events, time)) {
    case Wait::ready: return;
    case Wait::timeout: throw Error(Code::timeout, where() + " did not answer in time");
    case Wait::ended: throw Error(Code::cancelled, "nobody waits for the answer any more");
    }
}

bool Upstream::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        if (count >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) return false;
        wait(POLLOUT, write_time);
    }
    return true;
}

Upstream::Received Upstream::receive_now()
{
    std::array<char, 16384> part; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    for (;;) {
        const auto count = ::recv(socket_.get(), part.data(), part.size(), MSG_DONTWAIT);
        if (count > 0) input_.append(part.data(), static_cast<std::size_t>(count));
        if (count >= 0) return count > 0 ? Received::bytes : Received::end;
        if (errno == EAGAIN) return Received::nothing;
        if (errno != EINTR) throw Error(Code::unavailable, "the connection to " + where() + " broke");
    }
}

/// False when the server has nothing more to say.
bool Upstream::receive(std::chrono::milliseconds time)
{
    for (;;) {
        const auto received = receive_now();
        if (received != Received::nothing) return received == Received::bytes;
        wait(POLLIN, time);
    }
}

UpstreamHead Upstream::read_head(std::chrono::milliseconds time)
{
    const Error unsound(Code::unavailable, where() + " does not answer as HTTP asks for");
    const auto deadline = monotonic_now() + time.count();
    auto end = std::string::npos;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
        const std::chrono::milliseconds left(std::max<std::int64_t>(deadline - monotonic_now(), 0));
        if (input_.size() > largest_response_head) throw unsound;
        if (!receive(left)) throw Error(Code::unavailable, where() + " has closed the connection");
    }
    const auto text = input_.substr(0, end + 4);
    input_.erase(0, end + 4);
    auto headers = is_sound_response_head(text) ? headers_in(text) : std::nullopt;
    if (!headers) throw unsound;
    UpstreamHead head{.status = std::stoi(text.substr(9, 3)), .headers = std::move(*headers)};
    const auto body = body_after(head);
    if (!body) throw unsound;
    body_ = *body;
    return head;
}

Upstream::Now Upstream::read_now(std::string& piece)
{
    for (;;) {
        switch (body_.take(input_, piece)) {
        case BodyDecoder::Step::piece: return Now::piece;
        case BodyDecoder::Step::ended: return Now::ended;
        case BodyDecoder::Step::broken:
            throw Error(Code::unavailable, where() + " does not answer as HTTP asks for");
        case BodyDecoder::Step::hungry: break;
        }
        switch (receive_now()) {
        case Received::bytes: break;
        case Received::nothing: return Now::nothing;
        case Received::end:
            if (body_.is_endless()) return Now::ended;
            throw Error(Code::unavailable, where() + " has broken off its answer");
        }
    }
}

bool Upstream::read(std::string& piece, std::chrono::milliseconds silence)
{
    for (;;) {
        const auto now = read_now(piece);
        if (now != Now::nothing) return now == Now::piece;
        wait(POLLIN, silence);
    }
}

void Upstream::end_writing() noexcept
{
    ::shutdown(socket_.get(), SHUT_WR);
}

} // namespace skerry::http
