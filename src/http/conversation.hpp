#pragma once

#include "http/incoming.hpp"
#include "http/server.hpp"

namespace skerry::http {

/// Answers what `client` asks, one request after the other, until the connection is over. Throws nothing but
/// std::bad_alloc.
void converse(Incoming& client, const Server::Handler& handler);

} // namespace skerry::http
