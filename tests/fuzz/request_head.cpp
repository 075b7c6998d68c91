#include "http/request_head.hpp"

#include "fuzz/property.hpp"

#include <algorithm>

/// The bytes: the head of a request. What is taken can be written out and read again as the same.
namespace skerry::fuzz {
namespace {

constexpr std::size_t largest_body = 1U << 20U;

std::string written(const http::RequestHead& head)
{
    auto text = head.request.method + " " + head.request.target +
                (head.version_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (const auto& [name, value] : head.request.headers)
        text.append(name).append(": ").append(value + "\r\n");
    return text + "\r\n";
}

bool is_harmless(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char letter) {
        return (static_cast<unsigned char>(letter) < 0x20U && letter != '\t') || letter == '\x7F';
    });
}

void check_texts(const http::Request& request)
{
    require(request.path.starts_with('/'), "a path begins with a slash");
    require(is_harmless(request.method) && is_harmless(request.path) && is_harmless(request.target),
            "nothing of the first line holds a control character, even an escaped one");
    for (const auto& [name, value] : request.query)
        require(is_harmless(name) && is_harmless(value), "the query holds no control character");
    for (const auto& [name, value] : request.headers)
        require(!name.empty() && is_harmless(name) && is_harmless(value), "no header holds a line break");
}

void check_framing(const http::RequestHead& head)
{
    std::size_t ends = 0;
    std::size_t hosts = 0;
    for (const auto& [name, value] : head.request.headers) {
        ends += http::same_name(name, "Content-Length") || http::same_name(name, "Transfer-Encoding") ? 1 : 0;
        hosts += http::same_name(name, "Host") ? 1 : 0;
    }
    require(ends <= 1, "where the body ends is said once");
    require(hosts == 1 || (hosts == 0 && head.version_1_0), "there is one Host");
    require(!head.chunked || head.length == 0, "a body has chunks or a length");
    require(head.length <= largest_body, "no more is announced than is taken");
    require(head.chunked || head.length > 0 || ends == 0 ||
                head.request.header("Content-Length").find('0') == 0,
            "a body that is announced is not passed over");
}

void check_same(const http::RequestHead& head, const http::RequestHead& again)
{
    require(again.refusal == 0, "what was taken is taken again");
    require(head.request.method == again.request.method && head.request.path == again.request.path &&
                head.request.query == again.request.query && head.request.headers == again.request.headers,
            "what is written out is read as the same");
    require(head.length == again.length && head.chunked == again.chunked &&
                head.keep_alive == again.keep_alive && head.expects_continue == again.expects_continue,
            "what is written out means the same");
}

void check(std::string_view bytes)
{
    // As the server does: up to the first empty line, which it waits for.
    auto text = std::string(bytes.substr(0, bytes.find("\r\n\r\n"))) + "\r\n\r\n";
    const auto head = http::parse_head(text, largest_body);
    if (head.refusal != 0) return require(head.refusal >= 400 && head.refusal < 600, "a refusal is a status");
    check_texts(head.request);
    check_framing(head);
    check_same(head, http::parse_head(written(head), largest_body));
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
