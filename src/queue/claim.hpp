#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a worker asks of the database to get work and to keep it.
namespace skerry::queue {

/// Makes ready what is due. In the caller's transaction.
void promote(db::Connection& db);

/// When the next waiting job is due, in wall-clock time.
std::optional<Time> next_due(db::Connection& db);

/// Whether a job is ready; it may be paused, or in a queue that nobody here serves.
bool any_ready(db::Connection& db);

/// Room for jobs of one queue.
struct QueueRoom {
    std::string name;
    int slots = 1;
};

struct Claim {
    const std::string& worker;
    int slots = 1;                    ///< at most so many jobs
    std::vector<QueueRoom> queues{};  ///< empty: any queue
    std::vector<std::string> kinds{}; ///< empty: any kind
    std::int64_t lease = 60'000;      ///< milliseconds that they are kept without renewing
};
struct Claimed {
    std::vector<Job> jobs{};
    bool more = false; ///< there may be more in line, behind many whose key is held: claim again
};
/// Takes what is first in line and whose keys nobody holds: by priority, then time, whatever the queue. In
/// the caller's transaction.
Claimed claim(db::Connection& db, const Claim& claim);

/// Lets jobs back into the line that were passed over while their key was held, where it is free now but
/// nobody takes the one before them: it is paused, or nobody serves it. Returns whether there were any.
bool rejoin(db::Connection& db);

/// A job as its worker holds it.
struct Held {
    JobId id = 0;
    std::int64_t lease = 0;
    bool cancel = false; ///< cancelling was asked for
};
std::vector<Held> held_by(db::Connection& db, const std::string& worker);

/// Renews the leases of all jobs of the worker, for so many milliseconds from now.
void renew(db::Connection& db, const std::string& worker, std::int64_t lease);

} // namespace skerry::queue
