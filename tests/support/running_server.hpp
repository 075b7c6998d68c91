#pragma once

#include "http/server.hpp"

#include <thread>

namespace skerry::test {

/// A server on a free port of 127.0.0.1 that runs until it is stopped or destroyed.
class RunningServer {
public:
    explicit RunningServer(http::Server::Handler handler, http::ServerOptions options = {})
        : server_(std::move(handler), std::move(options)), port_(server_.bind("127.0.0.1", 0)),
          thread_([this](std::stop_token stop) { server_.serve(stop); })
    {
    }

    [[nodiscard]] int port() const noexcept { return port_; }
    void stop()
    {
        thread_.request_stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    http::Server server_;
    int port_;
    std::jthread thread_;
};

} // namespace skerry::test
