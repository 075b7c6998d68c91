#include "cli/worker_options.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"

namespace skerry::cli {

queue::WorkerOptions worker_options(const Settings& settings)
{
    constexpr std::int64_t shortest = 1'000; // renewed each third, looked at each quarter of a second
    const auto lease = parse_duration(settings.lease);
    if (lease < shortest)
        throw Error(Code::bad_request, "the setting 'lease' is shorter than a second",
                    {.hint = "the usual one is 60s"});
    return {.concurrency = static_cast<int>(settings.concurrency), .lease = std::chrono::milliseconds(lease)};
}

} // namespace skerry::cli
