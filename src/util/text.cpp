#include "util/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace skerry {
namespace {

bool continues_character(char byte) noexcept
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// How many bytes the character that begins with `byte` has, 0 when none begins so.
std::size_t length_of_character(unsigned char byte) noexcept
{
    if (byte < 0x80U) return 1;
    if (byte >= 0xC2U && byte < 0xE0U) return 2;
    if (byte >= 0xE0U && byte < 0xF0U) return 3;
    if (byte >= 0xF0U && byte < 0xF5U) return 4;
    return 0;
}

bool is_character(std::string_view bytes) noexcept
{
    if (!std::all_of(bytes.begin() + 1, bytes.end(), continues_character)) return false;
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = bytes.size() > 1 ? static_cast<unsigned char>(bytes[1]) : 0U;
    const bool overlong = (first == 0xE0U && second < 0xA0U) || (first == 0xF0U && second < 0x90U);
    const bool surrogate = first == 0xEDU && second > 0x9FU;
    const bool too_large = first == 0xF4U && second > 0x8FU;
    return !overlong && !surrogate && !too_large;
}

/// How many bytes the well-formed character at the front of `text` has, 0 when there is none.
std::size_t length_at_front(std::string_view text) noexcept
{
    const auto length = length_of_character(static_cast<unsigned char>(text[0]));
    return length <= text.size() && length > 0 && is_character(text.substr(0, length)) ? length : 0;
}

/// How many bytes the control character at the front of `text` has, 0 when there is none.
std::size_t length_of_control(std::string_view text) noexcept
{
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20U || first == 0x7FU) return 1;
    const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
    return first == 0xC2U && second >= 0x80U && second < 0xA0U ? 2 : 0; // U+0080 to U+009F
}

/// How many bytes at the front are ASCII, eight at a time.
std::size_t length_of_ascii(std::string_view text) noexcept
{
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;
    std::size_t length = 0;
    for (std::uint64_t part = 0; length + sizeof part <= text.size(); length += sizeof part) {
        std::memcpy(&part, text.data() + length, sizeof part);
        if ((part & high_bits) != 0) break;
    }
    while (length < text.size() && static_cast<unsigned char>(text[length]) < 0x80U) ++length;
    return length;
}

bool is_plain(char letter) noexcept
{
    constexpr std::string_view marks = "_-./:=@%+,";
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
}

std::string quoted(const std::string& word)
{
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
    std::string text = "'";
    for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return text + "'";
}

} // namespace

std::string_view trim(std::string_view text) noexcept
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string in_small_letters(std::string_view text)
{
    std::string result(text);
    for (char& letter : result)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return result;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator)
{
    std::string text;
    for (const auto& part : parts) {
        if (&part != &parts.front()) text += separator;
        text += part;
    }
    return text;
}

std::string_view clip(std::string_view text, std::size_t bytes) noexcept
{
    if (text.size() <= bytes) return text;
    while (bytes > 0 && continues_character(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

std::string one_line(std::string_view text, std::size_t bytes)
{
    const auto whole = trim(text);
    std::string line(clip(whole, bytes));
    const bool cut = line.size() < whole.size();
    for (std::size_t place = 0; place < line.size(); ++place)
        if (const auto length = length_of_control(std::string_view(line).substr(place)); length > 0)
            line.replace(place, length, " ");
    return cut ? line + "…" : line;
}

bool is_utf8(std::string_view text) noexcept
{
    for (;;) {
        text.remove_prefix(length_of_ascii(text));
        if (text.empty()) return true;
        const auto length = length_at_front(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
}

std::string well_formed(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const auto length = length_at_front(text);
        result += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

std::optional<std::int64_t> number_in(std::string_view text) noexcept
{
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, number);
    return fault == std::errc() && rest == end && number >= 0 ? std::optional(number) : std::nullopt;
}

std::string shown(const std::vector<std::string>& command)
{
    std::vector<std::string> words;
    words.reserve(command.size());
    for (const auto& word : command) words.push_back(quoted(word));
    return join(words, " ");
}

} // namespace skerry
