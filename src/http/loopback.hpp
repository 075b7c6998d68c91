#pragma once

#include "util/descriptor.hpp"

namespace skerry::http {

/// A socket that begins to connect to 127.0.0.1:port and does not block; it is ready for writing once it is
/// known whether somebody answers. Not open when nobody does for certain.
Descriptor begin_to_connect(int port) noexcept;

/// Whether it is connected, once it is ready for writing.
bool is_connected(const Descriptor& socket) noexcept;

} // namespace skerry::http
