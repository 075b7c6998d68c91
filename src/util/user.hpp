#pragma once

#include <string>

namespace skerry {

/// The name of the operating system's user who runs this process; "user 1000" when it has none.
std::string user_name();

} // namespace skerry
