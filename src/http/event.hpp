#pragma once

#include "util/descriptor.hpp"

namespace skerry::http {

/// An event that wakes who waits for it: readable once it has been written to. Throws Error when the kernel
/// has no descriptor left; likewise the next.
Descriptor make_event();

/// What waits for many descriptors at once.
Descriptor make_epoll();

} // namespace skerry::http
