#pragma once

#include "util/descriptor.hpp"

#include <filesystem>

namespace skerry::http {

/// A socket that does not block, connected to who listens at `path`. Throws Error: not_found when there is no
/// such socket, forbidden when it is not ours to use, unavailable when nobody listens there.
Descriptor connect_to(const std::filesystem::path& path);

} // namespace skerry::http
