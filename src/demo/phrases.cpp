#include "demo/phrases.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace skerry::demo {
namespace {

struct Quotes {
    std::string_view open;
    std::string_view close;
};

constexpr auto all_quotes = std::to_array<Quotes>({{"'", "'"},
                                                   {"\"", "\""},
                                                   {"`", "`"},
                                                   {"“", "”"},
                                                   {"„", "“"},
                                                   {"„", "”"},
                                                   {"‘", "’"},
                                                   {"«", "»"},
                                                   {"»", "«"}});

bool is_letter(char letter) noexcept
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || static_cast<unsigned char>(letter) >= 0x80U;
}

char small(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool matches(std::string_view text, std::string_view phrase) noexcept
{
    return text.size() >= phrase.size() && std::equal(phrase.begin(), phrase.end(), text.begin(),
                                                      [](char a, char b) { return small(a) == small(b); });
}

/// Whether a word goes on across `position`.
bool inside_word(std::string_view text, std::size_t position) noexcept
{
    return position > 0 && position < text.size() && is_letter(text[position - 1]) &&
           is_letter(text[position]);
}

bool found_at(std::string_view text, std::size_t position, std::string_view phrase) noexcept
{
    return matches(text.substr(position), phrase) && !inside_word(text, position) &&
           !inside_word(text, position + phrase.size());
}

/// What stands between `quotes` when they open at `start`.
std::optional<std::string_view> quoted_at(std::string_view text, std::size_t start, const Quotes& quotes)
{
    const bool typographic = quotes.open.size() > 1;
    if (!text.substr(start).starts_with(quotes.open)) return std::nullopt;
    if (!typographic && start > 0 && is_letter(text[start - 1])) return std::nullopt;
    const auto first = start + quotes.open.size();
    for (auto end = text.find(quotes.close, first); end != std::string_view::npos;
         end = text.find(quotes.close, end + 1)) {
        const auto next = end + quotes.close.size();
        const bool apostrophe = quotes.close.size() != 2 && quotes.close != "\"" && next < text.size() &&
                                is_letter(text[next]) && is_letter(text[end - 1]);
        if (!apostrophe) return text.substr(first, end - first);
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> after_phrase(std::string_view text, std::string_view phrase)
{
    for (std::size_t position = 0; position < text.size(); ++position)
        if (found_at(text, position, phrase)) return text.substr(position + phrase.size());
    return std::nullopt;
}

bool stands_out(std::string_view text, std::string_view word)
{
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& whole) {
        auto line = trim(whole);
        while (!line.empty() && std::string_view(".!?,;:").find(line.back()) != std::string_view::npos)
            line.remove_suffix(1);
        return line.size() >= word.size() &&
               (found_at(line, 0, word) || found_at(line, line.size() - word.size(), word));
    });
}

std::string_view first_line(std::string_view text) noexcept
{
    return text.substr(0, text.find('\n'));
}

std::optional<int> take_number(std::string_view& text)
{
    constexpr std::size_t most_digits = 9;
    const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), most_digits));
    int number = 0;
    if (digits.empty() || std::from_chars(digits.begin(), digits.end(), number).ec != std::errc())
        return std::nullopt;
    text.remove_prefix(digits.size());
    return number;
}

std::optional<std::string> quoted_words(std::string_view text)
{
    for (std::size_t start = 0; start < text.size(); ++start)
        for (const auto& quotes : all_quotes) {
            const auto words = quoted_at(text, start, quotes);
            if (words && !trim(*words).empty()) return std::string(trim(*words));
        }
    return std::nullopt;
}

} // namespace skerry::demo
