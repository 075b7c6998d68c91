#include "http/server.hpp"

#include "http/event.hpp"
#include "http/hub.hpp"
#include "http/listener.hpp"
#include "http/reception.hpp"

#include <sys/eventfd.h>

namespace skerry::http {
struct Server::Parts {
    Surroundings surroundings;
    Descriptor listener{};
    SocketFile file{};
};

Server::Server(Handler handler, ServerOptions options) : parts_(std::make_unique<Parts>())
{
    parts_->surroundings.handler = std::move(handler);
    parts_->surroundings.options = std::move(options);
    parts_->surroundings.stopped = make_event();
}

Server::~Server() = default;

int Server::bind(const std::string& host, int port)
{
    parts_->listener = listen_on(host, port);
    return port_of(parts_->listener);
}

void Server::bind_unix(const std::filesystem::path& path)
{
    parts_->listener = listen_on_file(path);
    parts_->file = SocketFile(path);
}

void Server::serve(std::stop_token stop)
{
    auto& surroundings = parts_->surroundings;
    surroundings.stop = stop;
    const auto leave = [&] { ::eventfd_write(surroundings.stopped.get(), 1); };
    const std::stop_callback at_stop(stop, leave);
    Reception reception(parts_->listener.get(), surroundings);
    const std::shared_ptr<void> at_end(nullptr, [&](void*) { // before its threads are waited for
        leave();
        parts_->listener.close();
        if (surroundings.options.hub != nullptr) surroundings.options.hub->stop();
    });
    reception.serve();
}

} // namespace skerry::http
