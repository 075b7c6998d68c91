#pragma once

#include <string_view>

namespace skerry::http {

/// The content type of a file, told by the end of its name; application/octet-stream when it tells nothing.
std::string_view content_type_of(std::string_view file_name) noexcept;

} // namespace skerry::http
