#include "cli/exit_status.hpp"

namespace skerry::cli {

int exit_status(Code code) noexcept
{
    switch (code) {
    case Code::bad_request:
    case Code::too_large: return status::usage;
    case Code::unauthorized:
    case Code::forbidden: return status::not_permitted;
    case Code::not_found: return status::not_found;
    case Code::conflict: return status::conflict;
    case Code::unavailable: return status::environment;
    case Code::timeout: return status::pending;
    case Code::cancelled: return status::job_cancelled;
    case Code::rate_limited:
    case Code::internal: return status::failed;
    }
    return status::failed;
}

} // namespace skerry::cli
