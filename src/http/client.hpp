#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace skerry::http {

/// A server on this machine's loopback address.
struct Target {
    int port = 0;
    std::string user{}; ///< basic authentication when not empty
    std::string password{};
};

struct Answer {
    int status = 0;
    std::string type{}; ///< the content type without parameters: "application/json"
    std::string body{};
};

/// What a request may cost: the whole answer within `timeout`, and no more than `largest_body` bytes.
struct Allowance {
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    std::size_t largest_body = 64U << 20U;
};

/// Talks to one server over one kept connection; for one thread at a time. Follows no redirect.
class Client {
public:
    explicit Client(Target target);
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    /// One request; any HTTP status is an answer. `body` is sent as application/json when not empty.
    /// Throws Error: unavailable when nobody answers or the connection breaks, timeout, too_large,
    /// cancelled on stop (noticed at once).
    Answer request(const std::string& method, const std::string& path, const std::string& body = {},
                   std::stop_token stop = {}, Allowance allowance = {});

    /// GETs a body without end on a connection of its own, and hands on its bytes as they come. Returns when
    /// the server ends it, when `bytes` returns false, or on stop (at once). Throws Error: unavailable when
    /// nobody answers, the status is not 200 or the connection breaks; timeout after `silence` without a
    /// byte.
    void stream(const std::string& path, const std::function<bool(std::string_view)>& bytes,
                std::stop_token stop, std::chrono::milliseconds silence);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace skerry::http
