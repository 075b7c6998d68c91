#include "http/status.hpp"

#include "api/json.hpp"

#include <array>

namespace skerry::http {

int status_of(Code code) noexcept
{
    switch (code) {
    case Code::bad_request: return 400;
    case Code::unauthorized: return 401;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::too_large: return 413;
    case Code::rate_limited: return 429;
    case Code::unavailable: return 503;
    case Code::timeout: return 504;
    case Code::cancelled: return 503;
    case Code::internal: return 500;
    }
    return 500;
}

std::string_view reason_of(int status) noexcept
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Payload Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Refused";
    }
}

std::span<const int> failing_statuses() noexcept
{
    static constexpr std::array<int, 18> all{400, 401, 403, 404, 405, 408, 409, 413, 414,
                                             415, 429, 431, 500, 501, 502, 503, 504, 505};
    return all;
}

std::string code_of(int status)
{
    std::string code(reason_of(status));
    for (char& letter : code) {
        if (letter == ' ') letter = '_';
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return code;
}

Response error_answer(int status, std::string_view message)
{
    using api::Json;
    const auto error = Json::object({{"code", code_of(status)}, {"message", message}});
    return {
        .status = status, .type = "application/json", .body = Json::object({{"error", error}}).dump() + "\n"};
}

} // namespace skerry::http
