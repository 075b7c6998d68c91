#include "http/answer_head.hpp"

#include "http/status.hpp"

#include <array>
#include <charconv>

namespace skerry::http {
namespace {

constexpr std::size_t usual_head = 1024; // bytes

void append_number(std::string& text, std::size_t number)
{
    std::array<char, 20> digits{};
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void append_line(std::string& text, std::string_view name, std::string_view value)
{
    text.append(name).append(": ").append(value).append("\r\n");
}

/// Whose answers end with their heads, and must not tell a length: it would be that of another answer.
bool has_no_body(int status) noexcept
{
    return status < 200 || status == 204 || status == 304;
}

void append_body_lines(std::string& head, const Response& answer)
{
    if (answer.feed) { // the connection's end is its end
        append_line(head, "Content-Type", "text/event-stream");
        append_line(head, "Cache-Control", "no-cache, no-transform");
        append_line(head, "X-Accel-Buffering", "no");
        return;
    }
    append_line(head, "Content-Type", answer.type);
    if (has_no_body(answer.status)) return;
    head += "Content-Length: ";
    append_number(head, answer.body.size());
    head += "\r\n";
}

} // namespace

std::string answer_head(const Response& answer, const Manner& manner)
{
    std::string head;
    head.reserve(usual_head);
    head += "HTTP/1.1 ";
    append_number(head, static_cast<std::size_t>(answer.status));
    head.append(" ").append(reason_of(answer.status)).append("\r\n");
    if (manner.closes)
        append_line(head, "Connection", "close");
    else if (manner.version_1_0)
        append_line(head, "Connection", "keep-alive");
    append_body_lines(head, answer);
    for (const auto& [name, value] : answer.headers) append_line(head, name, value);
    append_line(head, "X-Request-Id", manner.id);
    return head.append("\r\n");
}

} // namespace skerry::http
