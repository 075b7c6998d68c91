#include "util/log_text.hpp"

#include "util/text.hpp"

#include <algorithm>

namespace skerry {
namespace {

constexpr char escape = '\x1b';
constexpr char bell = '\x07';

bool is_between(char letter, char first, char last) noexcept
{
    return letter >= first && letter <= last;
}

/// "ESC [ 1 ; 31 m": parameters, then one final letter.
std::size_t length_of_control_sequence(std::string_view text) noexcept
{
    std::size_t end = 2;
    while (end < text.size() && is_between(text[end], '\x20', '\x3f')) ++end;
    return end < text.size() && is_between(text[end], '\x40', '\x7e') ? end + 1 : end;
}

/// "ESC ] 0 ; title BEL" or "ESC ] ... ESC \": a text for the terminal, not for the reader.
std::size_t length_of_command_string(std::string_view text) noexcept
{
    for (std::size_t end = 2; end < text.size(); ++end) {
        if (text[end] == bell) return end + 1;
        if (text[end] == escape) return end + 1 < text.size() && text[end + 1] == '\\' ? end + 2 : end;
    }
    return text.size();
}

std::size_t length_of_escape(std::string_view text) noexcept
{
    if (text.size() < 2) return 1;
    if (text[1] == '[') return length_of_control_sequence(text);
    constexpr std::string_view strings = "]PX^_";
    if (strings.find(text[1]) != std::string_view::npos) return length_of_command_string(text);
    std::size_t end = 1;
    while (end < text.size() && is_between(text[end], '\x20', '\x2f')) ++end;
    return end < text.size() && is_between(text[end], '\x30', '\x7e') ? end + 1 : end;
}

bool is_control(char letter) noexcept
{
    const auto byte = static_cast<unsigned char>(letter);
    return (byte < 0x20U && letter != '\t') || byte == 0x7fU;
}

/// U+0080 to U+009F, which some terminals obey as they obey ESC.
bool is_high_control(std::string_view text) noexcept
{
    return text.size() > 1 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0U;
}

std::string without_controls(std::string_view text)
{
    std::string kept;
    while (!text.empty()) {
        std::size_t length = 1;
        if (text[0] == escape)
            length = length_of_escape(text);
        else if (is_high_control(text))
            length = 2;
        else if (!is_control(text[0]))
            kept += text[0];
        text.remove_prefix(length);
    }
    return kept;
}

} // namespace

std::string log_text(std::string_view line, std::size_t longest)
{
    auto text = without_controls(well_formed(line));
    if (text.size() <= longest) return text;
    constexpr std::string_view ellipsis = "…";
    return std::string(clip(text, longest - ellipsis.size())).append(ellipsis);
}

void LineCutter::take(std::string_view bytes, const Line& line)
{
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        keep(bytes.substr(0, end));
        line(rest_);
        rest_.clear();
        bytes.remove_prefix(end + 1);
    }
    keep(bytes);
}

void LineCutter::finish(const Line& line)
{
    if (!rest_.empty()) line(rest_);
    rest_.clear();
}

void LineCutter::keep(std::string_view part)
{
    // Controls are taken out later, so more than the longest line is kept, but not without end.
    constexpr std::size_t most = 4 * longest_log_line;
    rest_ += part.substr(0, most - std::min(most, rest_.size()));
}

} // namespace skerry
