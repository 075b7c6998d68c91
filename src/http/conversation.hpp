#pragma once

#include "http/incoming.hpp"

#include <functional>

namespace skerry::http {

enum class Ending {
    over,         ///< of the connection; also when its socket has gone to the hub
    next_request, ///< the head of which is not there yet
    goodbye,      ///< said, but the client may still be talking
};

/// Answers what `client` asks, one request after the other. Throws nothing but std::bad_alloc.
/// Once `is_crowded`, others wait for the thread, which is then not held for a client that may go on soon.
Ending converse(Incoming& client, const std::function<bool()>& is_crowded);

} // namespace skerry::http
