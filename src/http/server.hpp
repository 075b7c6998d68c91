#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::http {

struct Request {
    std::string method;
    std::string path; ///< percent-decoded, begins with '/'
    std::multimap<std::string, std::string> query;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// Lets time pass while the answer is made; false at once when the client has gone or the server stops.
    std::function<bool(std::chrono::milliseconds)> pause{};

    [[nodiscard]] std::string_view
    header(std::string_view name) const noexcept; ///< any case; empty when absent
};

/// Writes a body piece by piece; false when the client has gone or the server stops. An empty piece only
/// asks.
using Write = std::function<bool(std::string_view)>;

struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    /// When set, writes the body on the connection's thread instead of `body`. Returning false breaks the
    /// connection off in the middle instead of ending the body properly.
    std::function<bool(const Write&)> stream{};
};

/// A small HTTP server for what runs inside a sandbox: one handler, called from many threads at once. An
/// exception from the handler is answered with 500 and no detail. A request has at most 16 KiB of head and
/// 32 MiB of body; an idle connection gives way when all threads are taken.
class Server {
public:
    using Handler = std::function<Response(const Request&)>;
    explicit Server(Handler handler);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Listens on `host` (an address); port 0 takes a free one. Returns the port. Throws Error conflict when
    /// the port is taken, unavailable for other reasons.
    int bind(const std::string& host, int port);
    /// Serves until stop is requested; returns within a second of it. Once, after bind(). Throws Error
    /// unavailable when the listening socket breaks.
    void serve(std::stop_token stop);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace skerry::http
