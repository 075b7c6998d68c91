#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/job_store.hpp"

#include <string>

/// What people and subjects ask of the queue beside adding to it.
namespace skerry::queue {

/// Cancels one job: at once when it waits (or its worker is dead), by asking when it runs. Writes its own
/// transaction, calls abandon of the kind and of the follow-ups when it ends now, and rings. Throws Error
/// not_found.
Cancelled cancel(const Paths& paths, db::Connection& db, const Kinds& kinds, JobId id);

/// As cancel, for every live job of a key, in the caller's transaction; the caller rings.
void cancel_all(db::Connection& db, const Kinds& kinds, const std::string& key);

/// Performs a job that ended badly again, with all its attempts anew. Writes its own transaction and rings.
/// Throws Error not_found, or conflict when it did not end badly or a twin of it is alive.
void retry(const Paths& paths, db::Connection& db, JobId id);

/// Makes a job that waits for its time ready. Writes its own transaction and rings. Throws Error not_found,
/// or conflict when it does not wait.
void run_now(const Paths& paths, db::Connection& db, JobId id);

/// Whether some process performs jobs on this data folder right now (it holds a life lock).
bool worker_is_alive(const Paths& paths);

} // namespace skerry::queue
