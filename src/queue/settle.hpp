#pragma once

#include "db/connection.hpp"
#include "queue/kind.hpp"
#include "queue/outcome.hpp"
#include "queue/run.hpp"

#include <optional>

/// The ways out of `running`, and what belongs into the same transaction. All in the caller's transaction.
namespace skerry::queue {

/// Ends the attempt that `job` (with its lease) stands for. A success writes the rows of `success` and adds
/// the next job of the chain; an end as dead or cancelled abandons the job and its follow-ups; a waiting twin
/// that supersedes it takes its follow-ups on. Nothing when another holds the job by now: nothing was
/// written, roll back.
std::optional<State> settle(db::Connection& db, const Kinds& kinds, const Job& job, const Outcome& outcome,
                            const Success& success = {});

/// Tells the kinds of a job that ended dead or cancelled, and of its follow-ups, that it will not be done.
void abandon(db::Connection& db, const Kinds& kinds, const Job& job, const Error& reason);

} // namespace skerry::queue
