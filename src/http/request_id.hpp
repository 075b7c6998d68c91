#pragma once

#include <string>

namespace skerry::http {

/// 16 hexadecimal digits that no other request of this server has. Not secret: whoever has seen some may
/// guess others. Asks the kernel for random bytes once for each thread. Throws Error when it has none.
std::string next_request_id();

} // namespace skerry::http
