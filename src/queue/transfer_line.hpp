#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One line of an export.
namespace skerry::queue {

/// A job with all that belongs to it and no other place needs.
struct Carried {
    Job job{};
    std::optional<std::string> dedupe_key{};
    std::int64_t dedupe_mask = 0;
    std::vector<Attempt> attempts{}; ///< those that have ended
};

std::string line_of(const Carried& carried);

/// Throws Error bad_request that says what is wrong with the line.
Carried read_line(std::string_view line);

/// The job as it is to begin anew at `now`: what ran or was to be run waits, what was to stop is cancelled.
void make_waiting(Job& job, Time now);

} // namespace skerry::queue
