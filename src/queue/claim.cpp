#include "queue/claim.hpp"

#include "queue/job_store.hpp"
#include "queue/statements.hpp"

namespace skerry::queue {
namespace {

constexpr std::string_view the_queue = "default";

std::optional<Job> claim_one(db::Connection& db, const std::string& worker)
{
    JobId id = 0;
    {
        db::Query row(db, sql::claim, worker, monotonic_now() + lease_milliseconds, the_queue);
        if (!row.next()) return std::nullopt;
        id = row.number(0);
        row.run();
    }
    auto job = require(db, id);
    db::execute(db, sql::open_attempt, job.id, job.lease, worker, now());
    return job;
}

} // namespace

void promote(db::Connection& db)
{
    db::execute(db, sql::promote, now());
}

std::optional<Time> next_due(db::Connection& db)
{
    db::Query row(db, sql::next_due);
    return row.next() ? row.number_if_any(0) : std::nullopt;
}

bool any_ready(db::Connection& db)
{
    db::Query row(db, sql::any_ready, the_queue);
    return row.next() && row.boolean(0);
}

std::vector<Job> claim(db::Connection& db, const std::string& worker, int slots)
{
    std::vector<Job> jobs;
    while (static_cast<int>(jobs.size()) < slots) {
        auto job = claim_one(db, worker);
        if (!job) break;
        jobs.push_back(*std::move(job));
    }
    return jobs;
}

std::vector<Held> held_by(db::Connection& db, const std::string& worker)
{
    std::vector<Held> found;
    db::Query row(db, sql::held, worker);
    while (row.next()) found.push_back({row.number(0), row.number(1), !row.is_null(2)});
    return found;
}

void renew(db::Connection& db, const std::string& worker)
{
    db::execute(db, sql::renew, worker, monotonic_now() + lease_milliseconds);
}

} // namespace skerry::queue
