#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text as it looks on a terminal.
namespace skerry::cli {

/// How many columns `text` takes: wide characters count two, combining ones none. No control characters
/// inside.
std::size_t display_width(std::string_view text) noexcept;

/// At most `columns` columns of `text`, with an ellipsis where it was cut.
std::string fit(std::string_view text, std::size_t columns);

/// `text` with enough blanks before or after it to take `columns` columns.
std::string padded(std::string_view text, std::size_t columns, bool right = false);

/// `text` from outside (an agent, an app) made harmless for a terminal: escape sequences and control
/// characters are gone, line breaks and tabs stay, bytes that are not UTF-8 become U+FFFD.
std::string harmless(std::string_view text);

/// The same in one line: every run of blanks and line breaks becomes one blank.
std::string harmless_line(std::string_view text);

/// Breaks `text` at blanks into lines of at most `columns` columns; each line after the first begins with
/// `indent`.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view indent);

} // namespace skerry::cli
