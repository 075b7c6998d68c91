#pragma once

#include "http/server.hpp"
#include "web/site.hpp"

namespace skerry::web {

/// Answers everything that comes in over HTTP: looks whether the request may come from where it comes from,
/// who asks, whether they may, and has the address or the action answer. Any thread. Throws std::bad_alloc
/// only.
http::Response answer(Site& site, const http::Request& request);

} // namespace skerry::web
