#include "http/request_head.hpp"

#include "http/headers.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::http {
namespace {

constexpr std::size_t longest_target = 4096;
constexpr std::size_t most_headers = 100;

bool is_control(char letter) noexcept
{
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20U || code == 0x7FU;
}

char lower(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_name(std::string_view text) noexcept
{
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        const char small = lower(letter);
        return (small >= 'a' && small <= 'z') || (letter >= '0' && letter <= '9') ||
               marks.find(letter) != std::string_view::npos;
    });
}

int hex_digit(char letter) noexcept
{
    const char small = lower(letter);
    if (small >= '0' && small <= '9') return small - '0';
    if (small >= 'a' && small <= 'f') return small - 'a' + 10;
    return -1;
}

/// Takes a letter or an escape off `text`; nothing when the escape is broken.
std::optional<char> take_letter(std::string_view& text)
{
    const char letter = text.front();
    const bool escape = letter == '%';
    const int high = escape && text.size() > 2 ? hex_digit(text[1]) : -1;
    const int low = escape && text.size() > 2 ? hex_digit(text[2]) : -1;
    if (escape && (high < 0 || low < 0)) return std::nullopt;
    text.remove_prefix(escape ? 3 : 1);
    return escape ? static_cast<char>(high * 16 + low) : letter;
}

bool read_query(std::string_view text, Request& request)
{
    for (const auto& part : split(text, '&')) {
        if (part.empty()) continue;
        const auto equals = part.find('=');
        std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
        std::replace(value.begin(), value.end(), '+', ' ');
        auto name = percent_decoded(std::string_view(part).substr(0, equals));
        auto decoded = percent_decoded(value);
        if (!name || !decoded) return false;
        request.query.emplace(std::move(*name), std::move(*decoded));
    }
    return true;
}

int read_target(std::string_view target, Request& request)
{
    if (target.size() > longest_target) return 414;
    if (target.empty() || target.front() != '/' || target.find(' ') != std::string_view::npos) return 400;
    const auto question = target.find('?');
    auto path = percent_decoded(target.substr(0, question));
    if (!path) return 400;
    request.target = target;
    request.path = std::move(*path);
    return question == std::string_view::npos || read_query(target.substr(question + 1), request) ? 0 : 400;
}

int read_request_line(std::string_view line, RequestHead& head)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !is_name(line.substr(0, first))) return 400;
    const auto version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return 505;
    head.version_1_0 = version == "HTTP/1.0";
    head.keep_alive = !head.version_1_0;
    head.request.method = line.substr(0, first);
    return read_target(line.substr(first + 1, last - first - 1), head.request);
}

int read_header(std::string_view line, RequestHead& head)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_name(line.substr(0, colon))) return 400;
    if (head.request.headers.size() == most_headers) return 431;
    head.request.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    return 0;
}

std::size_t count(const Request& request, std::string_view name)
{
    return static_cast<std::size_t>(
        std::count_if(request.headers.begin(), request.headers.end(),
                      [&](const auto& header) { return same_name(header.first, name); }));
}

int read_length(std::string_view text, std::size_t largest_body, std::size_t& length)
{
    const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return letter >= '0' && letter <= '9';
    });
    if (!digits) return 400;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), length);
    return result.ec != std::errc() || length > largest_body ? 413 : 0;
}

/// Where the body ends must be said once and in one way, or the next request could be hidden in it.
int read_framing(RequestHead& head, std::size_t largest_body)
{
    const auto lengths = count(head.request, "Content-Length");
    const auto encodings = count(head.request, "Transfer-Encoding");
    if (lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0)) return 400;
    if (encodings > 0 && !same_name(head.request.header("Transfer-Encoding"), "chunked")) return 501;
    if (encodings > 0 && head.version_1_0) return 400;
    head.chunked = encodings > 0;
    return lengths > 0 ? read_length(head.request.header("Content-Length"), largest_body, head.length) : 0;
}

int read_meaning(RequestHead& head, std::size_t largest_body)
{
    const auto hosts = count(head.request, "Host");
    if (hosts > 1 || (hosts == 0 && !head.version_1_0)) return 400;
    const auto encoding = head.request.header("Content-Encoding");
    if (!encoding.empty() && !same_name(encoding, "identity")) return 415;
    if (lists(head.request.header("Connection"), "close")) head.keep_alive = false;
    head.expects_continue = same_name(head.request.header("Expect"), "100-continue");
    return read_framing(head, largest_body);
}

int read_lines(std::string_view text, std::size_t largest_body, RequestHead& head)
{
    bool first = true;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        if (line.empty()) break;
        if (std::any_of(line.begin(), line.end(),
                        [](char letter) { return is_control(letter) && letter != '\t'; }))
            return 400;
        if (const int refusal = first ? read_request_line(line, head) : read_header(line, head))
            return refusal;
        first = false;
    }
    return first ? 400 : read_meaning(head, largest_body);
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string decoded;
    while (!text.empty()) {
        const auto letter = take_letter(text);
        if (!letter || is_control(*letter)) return std::nullopt;
        decoded += *letter;
    }
    return decoded;
}

std::string_view Request::header(std::string_view name) const noexcept
{
    return value_of(headers, name);
}

RequestHead parse_head(std::string_view text, std::size_t largest_body)
{
    RequestHead head;
    head.refusal = read_lines(text, largest_body, head);
    return head;
}

} // namespace skerry::http
