#include "cli/display.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace skerry::cli {
namespace {

constexpr std::string_view ellipsis = "…";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Character {
    char32_t point;
    std::size_t bytes;
};

/// The first character of `text`, which is not empty; bytes that form none are taken one by one.
Character first_of(std::string_view text) noexcept
{
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t bytes = lead < 0x80U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : 4;
    if (bytes == 1) return {lead, 1};
    if (bytes > text.size() || !is_utf8(text.substr(0, bytes))) return {U'\uFFFD', 1};
    char32_t point = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i)
        point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {point, bytes};
}

using Range = std::pair<char32_t, char32_t>;

template <std::size_t count> bool is_in(const std::array<Range, count>& ranges, char32_t point) noexcept
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& range) { return point >= range.first && point <= range.second; });
}

std::size_t columns_of(char32_t point) noexcept
{
    constexpr std::array<Range, 6> combining{{{0x300, 0x36F},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F}}};
    constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0x1F300, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};
    if (point < 0x300) return 1;
    return is_in(combining, point) ? 0 : is_in(wide, point) ? 2 : 1;
}

/// The bytes of the escape sequence that `text` begins with, at least one.
std::size_t escape_length(std::string_view text) noexcept
{
    if (text.size() < 2) return 1;
    if (text[1] == '[') { // CSI: parameters, then one final byte
        const auto end =
            std::find_if(text.begin() + 2, text.end(), [](char byte) { return byte >= 0x40 && byte < 0x7F; });
        return static_cast<std::size_t>(end - text.begin()) + (end == text.end() ? 0 : 1);
    }
    if (text[1] == ']' || text[1] == 'P' || text[1] == '_' || text[1] == '^') { // a string, up to BEL or ESC
        const auto end = text.find_first_of("\a\x1B\n", 2);
        return end == std::string_view::npos ? text.size() : text[end] == '\a' ? end + 1 : end;
    }
    return 2;
}

bool is_control(char32_t point) noexcept
{
    constexpr std::array<Range, 2> turns_text_around{{{0x202A, 0x202E}, {0x2066, 0x2069}}};
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || is_in(turns_text_around, point);
}

} // namespace

std::size_t display_width(std::string_view text) noexcept
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto [point, bytes] = first_of(text);
        columns += columns_of(point);
        text.remove_prefix(bytes);
    }
    return columns;
}

std::string fit(std::string_view text, std::size_t columns)
{
    if (display_width(text) <= columns) return std::string(text);
    std::size_t used = 0;
    std::size_t kept = 0;
    while (kept < text.size()) {
        const auto [point, bytes] = first_of(text.substr(kept));
        if (used + columns_of(point) + 1 > columns) break;
        used += columns_of(point);
        kept += bytes;
    }
    return columns == 0 ? "" : std::string(text.substr(0, kept)) + std::string(ellipsis);
}

std::string padded(std::string_view text, std::size_t columns, bool right)
{
    const auto width = display_width(text);
    const std::string blanks(width < columns ? columns - width : 0, ' ');
    return right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string harmless(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const auto [point, bytes] = first_of(text);
        auto length = bytes;
        if (point == 0x1B)
            length = escape_length(text);
        else if (point == U'\uFFFD')
            result += replacement;
        else if (point == '\n' || point == '\t' || !is_control(point))
            result += text.substr(0, bytes);
        text.remove_prefix(length);
    }
    return result;
}

std::string harmless_line(std::string_view text)
{
    std::string line;
    for (const char letter : harmless(text)) {
        const bool blank = letter == ' ' || letter == '\n' || letter == '\t';
        if (!blank)
            line += letter;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    return std::string(trim(line));
}

std::string wrapped(std::string_view text, std::size_t columns, std::string_view indent)
{
    std::string result;
    std::size_t used = 0;
    for (const auto& word : split(text, ' ')) {
        const auto width = display_width(word);
        if (used > 0 && used + 1 + width > columns) {
            result += "\n" + std::string(indent);
            used = 0;
        } else if (used > 0) {
            result += ' ';
            ++used;
        }
        result += word;
        used += width;
    }
    return result;
}

} // namespace skerry::cli
