#pragma once

#include "http/headers.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::http {

/// The body of a request, pulled by its handler while it comes. For the handler's thread, until it returns:
/// what it has not read by then is never seen by anyone.
class Body {
public:
    Body() = default;
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    virtual ~Body() = default;

    /// The next piece, in place of what `piece` holds; false at the end, however often one asks. Throws
    /// Error: timeout when it comes too slowly, too_large beyond what the server takes, bad_request for what
    /// is no body, cancelled when the client has gone or the server stops.
    virtual bool read(std::string& piece) = 0;

    /// How many bytes there are in all; nothing when the client has not said.
    [[nodiscard]] virtual std::optional<std::size_t> length() const noexcept = 0;
};

/// A body that is there already.
std::shared_ptr<Body> given_body(std::string text);

enum class Wait { ready, timeout, ended };

struct Request {
    std::string method{}; ///< a HEAD comes as GET: its body is left out on the way back
    std::string path{};   ///< percent-decoded, begins with '/'
    std::multimap<std::string, std::string> query{};
    Headers headers{};
    std::string target{};         ///< path and query as the client wrote them, for passing on
    std::string address{};        ///< the client's IP; empty over a unix socket
    std::string id{};             ///< 16 random hexadecimal digits, sent back as X-Request-Id
    std::shared_ptr<Body> body{}; ///< none when empty
    /// Lets time pass while the answer is made; false at once when the client has gone or the server stops.
    std::function<bool(std::chrono::milliseconds)> pause{};
    /// Waits until a descriptor is ready for poll()'s events; ended at once as above.
    std::function<Wait(int descriptor, short events, std::chrono::milliseconds)> await{};

    [[nodiscard]] std::string_view
    header(std::string_view name) const noexcept; ///< any case; empty when absent
};

/// All of the body. Throws Error: too_large when it has more than `largest` bytes, else as Body::read.
std::string whole_body(const Request& request, std::size_t largest);

} // namespace skerry::http
