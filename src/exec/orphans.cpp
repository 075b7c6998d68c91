#include "exec/orphans.hpp"

#include "exec/attempt_lock.hpp"
#include "queue/job_store.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

namespace skerry::exec {
namespace {

/// The handler that made a lock removes it before its attempt ends in the database.
bool is_orphan(db::Connection& db, const FoundLock& lock)
{
    const auto job = queue::find(db, lock.job);
    return !job || job->state != queue::State::running || job->lease != lock.lease;
}

} // namespace

void end_all_orphans(const Paths& paths, db::Connection& db, const std::stop_token& stop)
{
    for (const auto& lock : attempt_locks(paths)) {
        if (!is_orphan(db, lock)) continue;
        try {
            end_orphans(paths, lock.job, lock.lease + 1, stop);
        } catch (const Error& fault) { // somebody else's process must not keep this job from going on
            log::warning("cannot end what a job has left running",
                         {{"job_id", std::to_string(lock.job)}, {"error", fault.what()}});
        }
    }
}

} // namespace skerry::exec
