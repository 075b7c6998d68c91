#pragma once

#include "http/headers.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace skerry::http {

/// What follows the first `segments` segments of a target: "/x?y" of "/api/agent/x?y" and 2; "/" and the
/// query when nothing else does. Escapes stay as they are.
std::string below(std::string_view target, std::size_t segments);

struct ForwardOptions {
    int port = 0;         ///< of a server on 127.0.0.1
    std::string target{}; ///< path and query there, escaped as they go out
    Headers headers{};    ///< said to it beside what the client says, and instead of that
    /// Which of the answer's headers the client sees; all when empty.
    std::function<bool(std::string_view name)> shows{};
    std::size_t largest_body = 32U << 20U;             ///< of the request
    std::size_t largest_answer = 256U << 20U;          ///< but for a stream of events, which has no end
    std::chrono::milliseconds time_to_answer{600'000}; ///< from the request's last byte to the head
    std::chrono::milliseconds silence{120'000};        ///< between two pieces of the answer
};

/// Asks another server what the client asks and passes its answer on piece by piece. What concerns one
/// connection alone, cookies, and who the client is to us are passed on in neither direction. Ends at once
/// when the client goes or the server stops.
///
/// The answer holds its thread. Throws Error, before there is an answer: unavailable when nobody answers or
/// not as HTTP asks for, timeout, cancelled; and what Body::read throws. An answer that breaks off or is too
/// large is broken off for the client too.
Response forward(const Request& request, const ForwardOptions& options);

} // namespace skerry::http
