#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

#include <functional>
#include <string>
#include <string_view>

/// Jobs as lines of JSON, to take them elsewhere.
namespace skerry::queue {

/// Hands over one line for each job in the states (bits; 0: all), oldest first: what to_json(Job) has, with
/// its follow-ups whole, `dedupeKey`, `dedupe`, and `attempts`. Reads in small parts: what others write
/// meanwhile may be in it or not. Returns how many.
std::int64_t export_jobs(db::Connection& db, std::int64_t states,
                         const std::function<void(std::string_view line)>& take);

struct Imported {
    std::int64_t added = 0;
    std::int64_t known =
        0; ///< are there already: made at the same time, of the same type, with the same args
    std::int64_t twins = 0; ///< left out, since a job with the same dedupe key is alive
};
/// {added, alreadyThere, twins}
api::Json to_json(const Imported& imported);

/// Adds the jobs of such lines under new numbers. What lived waits again, what had finished keeps its
/// history; parents are those of the lines. All or nothing, in a transaction of its own; a second import of
/// the same lines adds nothing. The bell is the caller's to ring. Throws Error bad_request that names each
/// wrong line by its number, of which 20 at most.
Imported import_jobs(db::Connection& db, std::string_view lines, Time now);

} // namespace skerry::queue
