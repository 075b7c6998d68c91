#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a worker asks of the database to get work and to keep it.
namespace skerry::queue {

/// How long a worker that lives keeps its jobs without renewing.
constexpr std::int64_t lease_milliseconds = 60'000;

/// Makes ready what is due. In the caller's transaction.
void promote(db::Connection& db);

/// When the next waiting job is due, in wall-clock time.
std::optional<Time> next_due(db::Connection& db);

/// Whether a job is ready; it may still have to wait for another one of its key.
bool any_ready(db::Connection& db);

/// Takes up to `slots` jobs, the first in line first, and opens an attempt of each. In the caller's
/// transaction.
std::vector<Job> claim(db::Connection& db, const std::string& worker, int slots);

/// A job as its worker holds it.
struct Held {
    JobId id = 0;
    std::int64_t lease = 0;
    bool cancel = false; ///< cancelling was asked for
};
std::vector<Held> held_by(db::Connection& db, const std::string& worker);

/// Renews the leases of all jobs of the worker.
void renew(db::Connection& db, const std::string& worker);

} // namespace skerry::queue
