#include "http/client.hpp"

#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <condition_variable>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <httplib.h>
#include <mutex>
#include <optional>
#include <sys/socket.h>
#include <thread>

namespace skerry::http {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// The connection in use, as seen by a thread that wants to break it off. A duplicate of the library's
/// descriptor, since the library may close its own at any moment.
class Wire {
public:
    void take(int socket)
    {
        Descriptor copy(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
        const std::lock_guard lock(mutex_);
        copy_ = std::move(copy);
    }
    void cut()
    {
        const std::lock_guard lock(mutex_);
        if (copy_.open()) ::shutdown(copy_.get(), SHUT_RDWR);
    }

private:
    std::mutex mutex_;
    Descriptor copy_;
};

/// While it lives, a stop or the deadline breaks the connection off. It goes on doing so until it is
/// destroyed: a stop that comes before the socket is connected must not be lost.
class Guard {
public:
    Guard(Wire& wire, std::stop_token stop, std::optional<Clock::time_point> deadline)
        : thread_([this, &wire, stop, deadline] { watch(wire, stop, deadline); })
    {
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard()
    {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        wake_.notify_all();
    }

private:
    void watch(Wire& wire, const std::stop_token& stop, std::optional<Clock::time_point> deadline)
    {
        std::unique_lock lock(mutex_);
        const auto done = [this] { return done_; };
        if (deadline)
            wake_.wait_until(lock, stop, *deadline, done);
        else
            wake_.wait(lock, stop, done);
        while (!done_) {
            wire.cut();
            wake_.wait_for(lock, 5ms, done);
        }
    }

    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool done_ = false;
    std::jthread thread_; // the last: it uses the others
};

/// Writing to a connection that is gone raises SIGPIPE, which the library does not keep from us.
class NoPipeSignal {
public:
    NoPipeSignal()
    {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        was_pending_ = pending();
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;
    ~NoPipeSignal()
    {
        const timespec at_once{};
        if (!was_pending_ && pending()) ::sigtimedwait(&pipe_, nullptr, &at_once);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    static bool pending()
    {
        sigset_t waiting;
        return ::sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1;
    }

    sigset_t pipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

std::string where(const Target& target)
{
    return "127.0.0.1:" + std::to_string(target.port);
}

std::unique_ptr<httplib::Client> connect_to(const Target& target, Wire& wire)
{
    auto client = std::make_unique<httplib::Client>("127.0.0.1", target.port);
    client->set_tcp_nodelay(true);
    client->set_follow_location(false);
    client->set_decompress(false);
    client->set_socket_options([&wire](auto socket) { wire.take(socket); });
    if (!target.user.empty()) client->set_basic_auth(target.user, target.password);
    return client;
}

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
    const auto end = header.find(';');
    auto type = header.substr(0, end);
    while (!type.empty() && type.back() == ' ') type.pop_back();
    return type;
}

Error unreachable(const Target& target, httplib::Error error)
{
    const bool refused = error == httplib::Error::Connection || error == httplib::Error::ConnectionTimeout;
    return {Code::unavailable, refused ? "nothing answers at " + where(target)
                                       : "the connection to " + where(target) + " broke"};
}

void set_timeouts(httplib::Client& client, std::chrono::milliseconds timeout)
{
    client.set_connection_timeout(timeout);
    client.set_read_timeout(timeout);
    client.set_write_timeout(timeout);
}

} // namespace

struct Client::Parts {
    explicit Parts(Target to) : target(std::move(to)), kept(connect_to(target, wire))
    {
        kept->set_keep_alive(true);
    }

    Target target;
    Wire wire;
    std::unique_ptr<httplib::Client> kept;
};

Client::Client(Target target) : parts_(std::make_unique<Parts>(std::move(target))) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Answer Client::request(const std::string& method, const std::string& path, const std::string& body,
                       std::stop_token stop, Allowance allowance)
{
    const auto deadline = Clock::now() + allowance.timeout;
    std::string received;
    bool too_large = false;
    auto request = make_request(method, path, body);
    request.content_receiver = [&](const char* data, std::size_t length, auto, auto) {
        too_large = received.size() + length > allowance.largest_body;
        if (!too_large) received.append(data, length);
        return !too_large;
    };
    if (stop.stop_requested()) throw Error(Code::cancelled, "stopped");

    const NoPipeSignal quiet;
    set_timeouts(*parts_->kept, allowance.timeout);
    const auto result = [&] {
        const Guard guard(parts_->wire, stop, deadline);
        return parts_->kept->send(request);
    }();
    if (result)
        return {result->status, plain_type(result->get_header_value("Content-Type")), std::move(received)};
    if (too_large) {
        throw Error(Code::too_large, where(parts_->target) + " answered with more than " +
                                         std::to_string(allowance.largest_body) + " bytes");
    }
    if (stop.stop_requested()) throw Error(Code::cancelled, "stopped");
    if (Clock::now() >= deadline)
        throw Error(Code::timeout, where(parts_->target) + " did not answer in time");
    throw unreachable(parts_->target, result.error());
}

void Client::stream(const std::string& path, const std::function<bool(std::string_view)>& bytes,
                    std::stop_token stop, std::chrono::milliseconds silence)
{
    Wire wire;
    const auto client = connect_to(parts_->target, wire);
    set_timeouts(*client, silence);
    auto heard = Clock::now();
    int status = 0;
    bool enough = false;
    auto request = make_request("GET", path, {});
    request.response_handler = [&](const httplib::Response& response) {
        status = response.status;
        heard = Clock::now();
        return status == 200;
    };
    request.content_receiver = [&](const char* data, std::size_t length, auto, auto) {
        heard = Clock::now();
        enough = stop.stop_requested() || !bytes({data, length});
        return !enough;
    };
    if (stop.stop_requested()) return;

    const NoPipeSignal quiet;
    const auto result = [&] {
        const Guard guard(wire, stop, std::nullopt);
        return client->send(request);
    }();
    if (result || enough || stop.stop_requested()) return;
    if (status != 0 && status != 200) {
        throw Error(Code::unavailable,
                    where(parts_->target) + " answered with status " + std::to_string(status));
    }
    if (Clock::now() - heard >= silence)
        throw Error(Code::timeout, where(parts_->target) + " has fallen silent");
    throw unreachable(parts_->target, result.error());
}

} // namespace skerry::http
