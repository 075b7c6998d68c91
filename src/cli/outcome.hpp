#pragma once

#include "api/json.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::cli {

/// How work that was waited for has ended.
struct Outcome {
    std::string name; ///< of a turn: its state; of jobs alone: "succeeded", "job_failed", "job_cancelled"
    int status = 0;   ///< the exit status
    std::string error{};
    std::string hint{};
};

/// What is waited for: the chain that a job begins and, where there is one, the turn at its end.
struct Awaited {
    queue::JobId job = 0; ///< 0: there is none; the turn alone tells, if there is one
    std::string turn{};
};

/// Nothing while it is still under way. A turn that was never sent because a job failed is that job's
/// failure.
std::optional<Outcome> outcome_of(db::Connection& db, const Awaited& awaited);

/// The turn that the chain begun by `first` performs; empty when it performs none (yet).
std::string turn_of_chain(db::Connection& db, queue::JobId first);

/// The live jobs of the chain begun by `first`.
std::vector<queue::Job> live_jobs_of_chain(db::Connection& db, queue::JobId first);

} // namespace skerry::cli
