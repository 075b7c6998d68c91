#include "http/server.hpp"

#include "http/conversation.hpp"
#include "http/incoming.hpp"
#include "http/listener.hpp"
#include "http/threads.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

#include <cerrno>
#include <fcntl.h>
#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace skerry::http {
namespace {

constexpr std::size_t most_threads = 64;

Descriptor make_event(int flags)
{
    Descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | flags));
    if (!event.open()) throw system_error(errno, "cannot make an event");
    return event;
}

/// Gives each connection a thread. Where there is none left, an idle connection is asked to make room.
class Connections final : public httplib::TaskQueue {
public:
    explicit Connections(const Surroundings& surroundings)
        : surroundings_(surroundings), threads_(most_threads)
    {
    }

    using Accepted =
        decltype(std::declval<httplib::TaskQueue&>().enqueue(nullptr)); // void or, in newer ones, bool
    Accepted enqueue(std::function<void()> task) override
    {
        if (!threads_.add(std::move(task))) ::eventfd_write(surroundings_.crowded.get(), 1);
        return Accepted(true);
    }
    void shutdown() override { threads_.finish(); }

private:
    const Surroundings& surroundings_;
    Threads threads_;
};

/// The library's part in listening: it accepts connections and hands them on.
class Reception final : public httplib::Server {
public:
    using Handler = http::Server::Handler;

    Reception(int listener, const Surroundings& surroundings, const Handler& handler)
        : surroundings_(surroundings), handler_(handler)
    {
        svr_sock_ = ::fcntl(listener, F_DUPFD_CLOEXEC, 0); // the library closes what it listens on
        new_task_queue = [this] { return std::make_unique<Connections>(surroundings_).release(); };
    }

private:
    bool process_and_close_socket(socket_t socket) override
    {
        try {
            Incoming client(Descriptor(socket), surroundings_);
            converse(client, handler_);
        } catch (const std::exception& fault) {
            log::error("a connection was dropped", {{"error", fault.what()}});
        }
        return true;
    }

    const Surroundings& surroundings_;
    const Handler& handler_;
};

} // namespace

struct Server::Parts {
    Handler handler;
    Descriptor listener{};
    Surroundings surroundings{.stopped = make_event(0), .crowded = make_event(EFD_SEMAPHORE)};
};

Server::Server(Handler handler) : parts_(std::make_unique<Parts>(Parts{.handler = std::move(handler)})) {}

Server::~Server() = default;

int Server::bind(const std::string& host, int port)
{
    parts_->listener = listen_on(host, port);
    return port_of(parts_->listener);
}

void Server::serve(std::stop_token stop)
{
    auto& surroundings = parts_->surroundings;
    const int listener = parts_->listener.get();
    surroundings.stop = stop;
    Reception reception(listener, surroundings, parts_->handler);
    // A socket that is shut down ends accept() at once, whether that has begun already or not.
    const std::stop_callback leave(stop, [&] {
        ::eventfd_write(surroundings.stopped.get(), 1);
        ::shutdown(listener, SHUT_RDWR);
    });
    reception.listen_after_bind();
    if (!stop.stop_requested()) throw Error(Code::unavailable, "the listening socket broke");
}

} // namespace skerry::http
