#include "queue/queue.hpp"

#include "queue/life.hpp"
#include "queue/settle.hpp"
#include "queue/statements.hpp"
#include "queue/take_over.hpp"
#include "util/bell.hpp"

namespace skerry::queue {
namespace {

/// In the caller's transaction.
Cancelled cancel_one(db::Connection& db, const Kinds& kinds, JobId id)
{
    const auto job = require(db, id);
    if (job.state == State::cancelled) return Cancelled::before;
    if (db::execute(db, sql::cancel, id, now()) == 0) return Cancelled::too_late;
    if (job.state == State::running) return Cancelled::asked;
    abandon(db, kinds, job,
            Error(Code::cancelled, "job " + std::to_string(id) + " (" + job.kind + ") was cancelled"));
    return Cancelled::now;
}

/// Runs a statement about one job that changes it or finds it in a wrong state.
void change(const Paths& paths, db::Connection& db, std::string_view statement, JobId id,
            const std::string& refusal)
{
    db::Transaction transaction(db);
    const auto job = require(db, id);
    if (db::execute(db, statement, id, now()) == 0)
        throw Error(Code::conflict,
                    "job " + std::to_string(id) + " is " + std::string(name_of(job.state)) + ": " + refusal);
    transaction.commit();
    Bell::ring(paths.running());
}

} // namespace

Cancelled cancel(const Paths& paths, db::Connection& db, const Kinds& kinds, JobId id)
{
    db::Transaction transaction(db);
    auto result = cancel_one(db, kinds, id);
    transaction.commit();
    if (result == Cancelled::asked && take_over(paths, db, kinds, id)) result = Cancelled::now;
    Bell::ring(paths.running());
    return result;
}

void cancel_all(db::Connection& db, const Kinds& kinds, const std::string& key)
{
    std::vector<JobId> ids;
    for (db::Query row(db, sql::live_of_key, key); row.next();) ids.push_back(row.number(0));
    for (const auto id : ids) cancel_one(db, kinds, id);
}

void retry(const Paths& paths, db::Connection& db, JobId id)
{
    change(paths, db, sql::retry, id, "only a job that ended badly is performed again, and no twin may live");
}

void run_now(const Paths& paths, db::Connection& db, JobId id)
{
    change(paths, db, sql::run_now, id, "only a job that waits can be made ready");
}

bool worker_is_alive(const Paths& paths)
{
    return any_is_alive(paths);
}

} // namespace skerry::queue
