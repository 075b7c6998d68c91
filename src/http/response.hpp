#pragma once

#include "http/feed.hpp"
#include "http/headers.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace skerry::http {

/// Writes a body piece by piece; false when the client has gone or the server stops. An empty piece only
/// asks.
using Write = std::function<bool(std::string_view)>;

struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body{};
    Headers headers{};
    /// When set, writes the body on the connection's thread instead of `body`. Returning false breaks the
    /// connection off in the middle instead of ending the body properly.
    std::function<bool(const Write&)> stream{};
    /// When set, the connection goes to the server's hub once the head is written, as text/event-stream that
    /// nobody is to keep, and takes no thread.
    std::unique_ptr<Feed> feed{};
    std::string label{}; ///< what the observer may call this address, apart from ids in it
};

} // namespace skerry::http
