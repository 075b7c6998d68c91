#include "http/client.hpp"

#include "http/loopback.hpp"
#include "http/response_head.hpp"
#include "http/watch.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <httplib.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

namespace skerry::http {

namespace {

using Clock = Watch::Clock;
using Milliseconds = std::chrono::milliseconds;

/// What the library reads and where it writes. The server may be hostile: its head is shown to the library
/// only when it is sound, and it cannot make the library hoard what is no body. What newer versions ask
/// beside is declared without `override`, so that one source fits them all.
class Wire final : public httplib::Stream {
public:
    Wire(int socket, Watch& watch, std::size_t& unused) : socket_(socket), watch_(watch), unused_(unused) {}

    bool is_readable() const override { return used_ < input_.size() || ready(POLLIN); }
    bool is_writable() const { return ready(POLLOUT); }
    bool wait_readable() const { return is_readable(); }
    bool wait_writable() const { return is_writable(); }
    ssize_t read(char* place, size_t size) override
    {
        if (!head_seen_ && !receive_head()) return -1;
        if (used_ == input_.size()) {
            input_.clear();
            used_ = 0;
            if (const auto count = receive(); count <= 0) return count;
        }
        const auto count = input_.copy(place, size, used_);
        used_ += count;
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* bytes, size_t size) override
    {
        if (!watch_.wait(socket_, POLLOUT)) return -1;
        return ::send(socket_, bytes, size, MSG_NOSIGNAL);
    }
    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
    socket_t socket() const override { return socket_; }
    time_t duration() const { return 0; }

private:
    bool ready(short events) const
    {
        pollfd waiting{socket_, events, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }
    /// More input; 0 at its end, -1 when there is none to be had.
    ssize_t receive()
    {
        constexpr std::size_t most_unused = 1U << 20U;
        if (unused_ > most_unused || !watch_.wait(socket_, POLLIN)) return -1;
        std::array<char, 16'384>
            piece; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
        const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
        if (count <= 0) return count;
        input_.append(piece.data(), static_cast<std::size_t>(count));
        unused_ += static_cast<std::size_t>(count);
        return count;
    }
    /// All of the head, and as much of the body as came with it.
    bool receive_head()
    {
        while (input_.size() <= largest_response_head) {
            if (receive() <= 0) return false;
            const auto end = input_.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            head_seen_ = is_sound_response_head(std::string_view(input_).substr(0, end + 4));
            return head_seen_;
        }
        return false;
    }

    int socket_;
    Watch& watch_;
    std::size_t& unused_; ///< bytes that came since the last piece of a body
    std::string input_;
    std::size_t used_ = 0; ///< of the input
    bool head_seen_ = false;
};

/// The library's client on sockets of our own, so that every wait can be ended.
class Connection final : public httplib::ClientImpl {
public:
    explicit Connection(const Target& target) : httplib::ClientImpl("127.0.0.1", target.port)
    {
        set_follow_location(false);
        set_decompress(false);
        if (!target.user.empty()) set_basic_auth(target.user, target.password);
    }

    httplib::Result exchange(httplib::Request& request, Watch& watch)
    {
        watch_ = &watch;
        unused_ = 0;
        const auto receiver = request.content_receiver;
        request.content_receiver = [&](const char* data, std::size_t length, auto offset, auto total) {
            unused_ = 0;
            return receiver(data, length, offset, total);
        };
        return send(request);
    }

private:
    bool create_and_connect_socket(Socket& socket, httplib::Error& error) override
    {
        error = httplib::Error::Connection;
        auto made = begin_to_connect(port_);
        if (!made.open() || !watch_->wait(made.get(), POLLOUT) || !is_connected(made)) return false;
        error = httplib::Error::Success;
        socket.sock = made.release();
        return true;
    }

    // The one is the older versions', the other the newer ones'.
    bool process_socket(const Socket& socket, std::function<bool(httplib::Stream&)> talk) // NOLINT
    {
        Wire wire(socket.sock, *watch_, unused_);
        return talk(wire);
    }
    bool process_socket(const Socket& socket, Clock::time_point /*begin*/, // NOLINT
                        std::function<bool(httplib::Stream&)> talk)
    {
        return process_socket(socket, std::move(talk));
    }

    Watch* watch_ = nullptr; ///< of the exchange under way
    std::size_t unused_ = 0;
};

httplib::Request make_request(const std::string& method, const std::string& path, const std::string& body)
{
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.set_header("Accept-Encoding", "identity");
    if (!body.empty()) request.set_header("Content-Type", "application/json");
    return request;
}

std::string plain_type(const std::string& header)
{
    auto type = header.substr(0, header.find(';'));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    return type;
}

std::string where(const Target& target)
{
    return "127.0.0.1:" + std::to_string(target.port);
}

/// Why an exchange came to nothing, apart from a stop.
Error broken(const Target& target, httplib::Error error, Watch::Cause cause)
{
    switch (cause) {
    case Watch::Cause::deadline: return {Code::timeout, where(target) + " did not answer in time"};
    case Watch::Cause::silence: return {Code::timeout, where(target) + " has fallen silent"};
    case Watch::Cause::stop: return {Code::cancelled, "stopped"};
    case Watch::Cause::none: break;
    }
    const bool refused = error == httplib::Error::Connection;
    return {Code::unavailable, refused ? "nothing answers at " + where(target)
                                       : "the connection to " + where(target) + " broke"};
}

} // namespace

struct Client::Parts {
    explicit Parts(Target to) : target(std::move(to)), kept(target) { kept.set_keep_alive(true); }

    Target target;
    Connection kept;
};

Client::Client(Target target) : parts_(std::make_unique<Parts>(std::move(target))) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Answer Client::request(const std::string& method, const std::string& path, const std::string& body,
                       std::stop_token stop, Allowance allowance)
{
    Watch watch(std::move(stop), Clock::now() + allowance.timeout, allowance.timeout);
    std::string received;
    bool too_large = false;
    auto request = make_request(method, path, body);
    request.content_receiver = [&](const char* data, std::size_t length, auto, auto) {
        too_large = received.size() + length > allowance.largest_body;
        if (!too_large) received.append(data, length);
        return !too_large;
    };
    const auto result = parts_->kept.exchange(request, watch);
    if (result)
        return {result->status, plain_type(result->get_header_value("Content-Type")), std::move(received)};
    if (!too_large) throw broken(parts_->target, result.error(), watch.cause());
    throw Error(Code::too_large, where(parts_->target) + " answered with more than " +
                                     std::to_string(allowance.largest_body) + " bytes");
}

void Client::stream(const std::string& path, const std::function<bool(std::string_view)>& bytes,
                    std::stop_token stop, Milliseconds silence)
{
    Watch watch(std::move(stop), std::nullopt, silence);
    int status = 0;
    bool enough = false;
    auto request = make_request("GET", path, {});
    request.response_handler = [&](const httplib::Response& response) {
        status = response.status;
        return status == 200;
    };
    request.content_receiver = [&](const char* data, std::size_t length, auto, auto) {
        enough = !bytes({data, length});
        return !enough;
    };
    Connection connection(parts_->target);
    const auto result = connection.exchange(request, watch);
    if (result || enough || watch.cause() == Watch::Cause::stop) return;
    if (status != 0 && status != 200) {
        throw Error(Code::unavailable,
                    where(parts_->target) + " answered with status " + std::to_string(status));
    }
    throw broken(parts_->target, result.error(), watch.cause());
}

} // namespace skerry::http
