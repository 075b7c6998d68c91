#include "http/response_head.hpp"

#include <algorithm>

namespace skerry::http {

namespace {

constexpr std::size_t longest_status_line = 256;
constexpr std::size_t longest_head_line = 8'000; // the library's own limit is a little above
constexpr auto most_lines = 200;

bool is_digit(char letter) noexcept
{
    return letter >= '0' && letter <= '9';
}

/// "HTTP/1.1 200 OK". Statuses below 200 announce another head; nothing here asks for one.
bool is_final_status(std::string_view line) noexcept
{
    if (line.size() > longest_status_line || line.size() < 12) return false;
    if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) return false;
    const auto code = line.substr(9, 3);
    const bool ends = line.size() == 12 || line[12] == ' ';
    return ends && code[0] >= '2' && code[0] <= '5' && std::all_of(code.begin(), code.end(), is_digit);
}

} // namespace

bool is_sound_response_head(std::string_view head) noexcept
{
    if (head.size() > largest_response_head || head.find('\0') != std::string_view::npos) return false;
    if (!is_final_status(head.substr(0, head.find("\r\n")))) return false;
    int lines = 0;
    for (auto rest = head; !rest.empty(); ++lines) {
        const auto end = rest.find("\r\n");
        if (end == std::string_view::npos || end > longest_head_line) return false;
        rest.remove_prefix(end + 2);
    }
    return lines <= most_lines;
}

} // namespace skerry::http
