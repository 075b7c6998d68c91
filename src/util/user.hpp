#pragma once

#include <string>

namespace skerry {

/// What the operating system calls whoever runs this process; empty when it has no name for them.
std::string user_name();

} // namespace skerry
