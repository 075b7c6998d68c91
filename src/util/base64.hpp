#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry {

/// Bytes as the letters of RFC 4648, padded, without line breaks.
std::string base64(std::string_view bytes);

/// The bytes that such letters stand for; nothing when they are not base64, or not padded.
std::optional<std::string> from_base64(std::string_view letters);

} // namespace skerry
