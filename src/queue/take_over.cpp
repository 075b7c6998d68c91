#include "queue/take_over.hpp"

#include "queue/claim.hpp"
#include "queue/job_store.hpp"
#include "queue/life.hpp"
#include "queue/settle.hpp"
#include "queue/statements.hpp"
#include "util/bell.hpp"
#include "util/log.hpp"

namespace skerry::queue {
namespace {

std::vector<std::string> running_workers(db::Connection& db)
{
    std::vector<std::string> names;
    db::Query row(db, sql::running_workers);
    while (row.next()) names.push_back(row.text(0));
    return names;
}

std::vector<Held> expired_leases(db::Connection& db, const std::string& self)
{
    std::vector<Held> found;
    db::Query row(db, sql::expired, self, monotonic_now());
    while (row.next()) found.push_back({row.number(0), row.number(1)});
    return found;
}

Outcome crash_of(const Job& job)
{
    const auto count = job.crashes + 1;
    const auto times = count == 1 ? std::string("once") : std::to_string(count) + " times";
    return {Way::crashed, Error(Code::internal, "its worker died while performing it (" + times + ")"),
            job.run_at};
}

Outcome hang_of(const Job& job)
{
    return {Way::timeout, Error(Code::timeout, "its worker gave no sign of life until its lease ran out"),
            now() + retry_delay(job.attempt)};
}

/// False when another process was faster.
bool take(db::Connection& db, const Kinds& kinds, const Held& held, Outcome (*outcome_of)(const Job&))
{
    db::Transaction transaction(db);
    const auto job = find(db, held.id);
    if (!job || job->state != State::running || job->lease != held.lease) return false;
    const auto outcome = outcome_of(*job);
    if (!settle(db, kinds, *job, outcome)) return false;
    transaction.commit();
    log::warning("took a job over", {{"job_id", std::to_string(job->id)},
                                     {"kind", job->kind},
                                     {"worker", job->worker.value_or("")},
                                     {"error", outcome.reason->what()}});
    return true;
}

} // namespace

int take_over(const Paths& paths, db::Connection& db, const Kinds& kinds, const std::string& self)
{
    int count = 0;
    for (const auto& worker : running_workers(db)) {
        if (worker == self || is_alive(paths, worker)) continue;
        for (const auto& held : held_by(db, worker)) count += take(db, kinds, held, crash_of) ? 1 : 0;
    }
    for (const auto& held : expired_leases(db, self)) count += take(db, kinds, held, hang_of) ? 1 : 0;
    if (count != 0) Bell::ring(paths.running());
    return count;
}

bool take_over(const Paths& paths, db::Connection& db, const Kinds& kinds, JobId id)
{
    const auto job = find(db, id);
    if (!job || job->state != State::running || is_alive(paths, *job->worker)) return false;
    return take(db, kinds, {job->id, job->lease}, crash_of);
}

} // namespace skerry::queue
