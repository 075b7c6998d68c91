#include "util/error.hpp"

#include <cerrno>
#include <system_error>

namespace skerry {

std::string_view name_of(Code code) noexcept
{
    switch (code) {
    case Code::bad_request: return "bad_request";
    case Code::unauthorized: return "unauthorized";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::too_large: return "too_large";
    case Code::rate_limited: return "rate_limited";
    case Code::unavailable: return "unavailable";
    case Code::timeout: return "timeout";
    case Code::cancelled: return "cancelled";
    case Code::internal: return "internal";
    }
    return "internal";
}

Error system_error(int number, const std::string& what)
{
    const auto message = what + ": " + std::generic_category().message(number);
    switch (number) {
    case ENOSPC:
    case EDQUOT: return {Code::unavailable, message, {.hint = "free some disk space and try again"}};
    case ENOENT: return {Code::not_found, message};
    case EACCES:
    case EPERM:
    case EROFS: return {Code::unavailable, message, {.hint = "check who owns it and its permissions"}};
    default: return {Code::unavailable, message};
    }
}

} // namespace skerry
