#pragma once

#include <cstddef>
#include <string_view>

namespace skerry::http {

inline constexpr std::size_t largest_response_head = 64U << 10U;

/// Whether a server's lines before the body may be shown to the library, whose older versions crash on some:
/// a final status of HTTP/1, and not too many lines of no great length. `head` ends with the empty line.
bool is_sound_response_head(std::string_view head) noexcept;

} // namespace skerry::http
