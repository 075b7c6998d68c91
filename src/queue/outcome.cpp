#include "queue/outcome.hpp"

#include <algorithm>

namespace skerry::queue {

std::string_view name_of(Way way) noexcept
{
    switch (way) {
    case Way::succeeded: return "succeeded";
    case Way::failed: return "failed";
    case Way::crashed: return "crashed";
    case Way::timeout: return "timeout";
    case Way::rescheduled: return "rescheduled";
    case Way::released: return "released";
    case Way::cancelled: return "cancelled";
    case Way::discarded: return "discarded";
    }
    return "unknown";
}

bool worth_retrying(Code code) noexcept
{
    switch (code) {
    case Code::rate_limited:
    case Code::unavailable:
    case Code::timeout:
    case Code::cancelled: // by something other than a stop request: that is told apart before
    case Code::internal: return true;
    case Code::bad_request:
    case Code::unauthorized:
    case Code::forbidden:
    case Code::not_found:
    case Code::conflict:
    case Code::too_large: return false;
    }
    return true;
}

std::int64_t retry_delay(std::int64_t attempt) noexcept
{
    constexpr std::int64_t second = 1000, longest = 60 * second, doublings = 6;
    return std::min(longest, second << std::clamp<std::int64_t>(attempt, 1, doublings));
}

} // namespace skerry::queue
