#pragma once

#include "util/clock.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::queue {

/// The ways out of `running`.
enum class Way { succeeded, failed, crashed, timeout, rescheduled, released, cancelled, discarded };

/// As it stands in the attempts: "succeeded", "failed" ...
std::string_view name_of(Way way) noexcept;

/// Where the lines of an attempt stand in the job's log: bytes since the log began.
struct LogSpan {
    std::int64_t from = 0;
    std::int64_t to = 0;
};

/// How one attempt at a job ended.
struct Outcome {
    Way way = Way::succeeded;
    std::optional<Error> reason{}; ///< absent where nothing went wrong
    Time run_at = 0;               ///< when it is performed again, if it is
    std::optional<LogSpan> log{};  ///< absent when it wrote nothing
};

/// Whether another attempt may go better: the world was at fault, not what was asked for.
bool worth_retrying(Code code) noexcept;

/// How long a job waits after its attempt number `attempt` has failed: 2 s, 4 s, 8 s ... 60 s.
std::int64_t retry_delay(std::int64_t attempt) noexcept;

} // namespace skerry::queue
