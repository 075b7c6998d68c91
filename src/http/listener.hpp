#pragma once

#include "util/descriptor.hpp"

#include <string>

namespace skerry::http {

/// A socket that listens on `host` (a numeric address); port 0 takes a free one. Throws Error: conflict when
/// the port is taken, bad_request for what is no address, unavailable for other reasons.
Descriptor listen_on(const std::string& host, int port);

/// The port that `listener` got. Throws Error.
int port_of(const Descriptor& listener);

} // namespace skerry::http
