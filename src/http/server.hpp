#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace skerry::http {

class Hub;

/// What an observer is told of a request once it has been answered, or refused before any handler saw it.
struct Exchange {
    std::string id{};
    std::string method{}; ///< as the client wrote it; empty when its head could not be understood
    std::string path{};   ///< percent-decoded; likewise
    std::string address{};
    std::string label{};     ///< of the Response
    int status = 0;          ///< 499 when the client had gone before there was an answer
    std::uint64_t bytes = 0; ///< sent, with the head
    std::chrono::microseconds duration{};
};

struct ServerOptions {
    std::size_t largest_body = 32U << 20U;
    std::size_t most_threads = 64;   ///< made as they are needed
    std::size_t most_waiting = 1024; ///< requests that wait for a thread; one more is refused with 503
    std::chrono::milliseconds head_time{10'000};
    std::chrono::milliseconds body_time{30'000};  ///< and more for what comes at 16 KiB/s or faster
    std::chrono::milliseconds write_time{10'000}; ///< likewise, for each piece
    std::chrono::milliseconds idle_time{30'000};
    Hub* hub = nullptr; ///< for answers with a feed; outlives serve(), which stops it at its end
    std::function<void(const Exchange&)> observer{}; ///< called from many threads at once
};

/// A small HTTP server: one handler, called from many threads at once. An Error from the handler is answered
/// with its status, another exception with 500, both with no detail. A request has at most 16 KiB of head.
/// What is refused here is answered with {"error": {"code", "message"}}.
class Server {
public:
    using Handler = std::function<Response(const Request&)>;
    explicit Server(Handler handler, ServerOptions options = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Listens on `host` (an address); port 0 takes a free one. Returns the port. Throws Error conflict when
    /// the port is taken, unavailable for other reasons.
    int bind(const std::string& host, int port);
    /// Listens on a socket that only this user may open. One that nobody listens on any more is replaced; it
    /// is removed with the server. Throws Error conflict when somebody does, or when it is no socket.
    void bind_unix(const std::filesystem::path& path);

    /// Serves until stop is requested; returns within a second of it. Once, after one bind. Throws Error
    /// unavailable when the listening socket breaks.
    void serve(std::stop_token stop);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace skerry::http
