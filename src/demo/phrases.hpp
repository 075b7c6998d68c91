#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Looking for words in a prompt. Letters match in any case, and a phrase is found as whole words only.
namespace skerry::demo {

/// What follows the first `phrase` in `text`; nothing when it is not there.
std::optional<std::string_view> after_phrase(std::string_view text, std::string_view phrase);

/// Whether some line of `text` begins or ends with `word`. A common word is meant as an order only there.
bool stands_out(std::string_view text, std::string_view word);

/// Up to the end of the line.
std::string_view first_line(std::string_view text) noexcept;

/// The number that `text` begins with, of at most nine digits; it is taken off `text`.
std::optional<int> take_number(std::string_view& text);

/// The first words between quotes, '..', "..", or typographic ones; an apostrophe is no quote.
std::optional<std::string> quoted_words(std::string_view text);

} // namespace skerry::demo
