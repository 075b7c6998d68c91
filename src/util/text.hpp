#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

std::string_view trim(std::string_view text) noexcept;
std::vector<std::string> split(std::string_view text, char separator);
/// With small letters for A to Z.
std::string in_small_letters(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// At most `bytes` bytes of `text`, ending between two UTF-8 characters.
std::string_view clip(std::string_view text, std::size_t bytes) noexcept;

/// `text` as one line of at most `bytes` bytes, and an ellipsis where it was cut. Control characters, which a
/// terminal might obey, become spaces.
std::string one_line(std::string_view text, std::size_t bytes);

/// The whole number from 0 that `text` is, in decimal digits; nothing for anything else.
std::optional<std::int64_t> number_in(std::string_view text) noexcept;

/// Whether `text` is well-formed UTF-8.
bool is_utf8(std::string_view text) noexcept;

/// `text` with U+FFFD in place of each byte that is not well-formed UTF-8.
std::string well_formed(std::string_view text);

/// A command as a person would type it, quoted where a shell needs it. For showing only.
std::string shown(const std::vector<std::string>& command);

} // namespace skerry
