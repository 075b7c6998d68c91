#include "queue/explain.hpp"
#include "queue/job_store.hpp"
#include "queue/life.hpp"
#include "queue/statements.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::queue {
namespace {

/// A worker as it once put itself down.
struct WorkerRow {
    std::string name;
    std::int64_t pid = 0;
    std::int64_t concurrency = 0;
    std::string queues;
    std::optional<Time> stopped_at;
};

/// The newest first.
std::vector<WorkerRow> worker_rows(db::Connection& db)
{
    std::vector<WorkerRow> rows;
    db::Query row(db, sql::workers);
    while (row.next())
        rows.push_back({row.text(0), row.number(1), row.number(2), row.text(3), row.number_if_any(4)});
    return rows;
}

/// How many jobs of that queue the worker performs at once, from "builds:2,default"; no list: every queue.
std::int64_t slots_for(const WorkerRow& worker, std::string_view queue)
{
    if (worker.queues.empty()) return worker.concurrency;
    for (const auto& part : split(worker.queues, ',')) {
        const auto colon = part.find(':');
        if (std::string_view(part).substr(0, colon) != queue) continue;
        auto slots = worker.concurrency;
        if (colon != std::string::npos)
            std::from_chars(part.data() + colon + 1, part.data() + part.size(), slots);
        return std::min(slots, worker.concurrency);
    }
    return 0;
}

std::int64_t number_of(db::Query row)
{
    return row.next() ? row.number(0) : 0;
}

std::optional<Job> first_job(db::Connection& db, db::Query row)
{
    return row.next() ? find(db, row.number(0)) : std::nullopt;
}

void add_workers(Facts& facts, const Paths& paths, db::Connection& db)
{
    const auto rows = worker_rows(db);
    for (const auto& row : rows)
        if (!row.stopped_at && is_alive(paths, row.name))
            facts.workers.push_back({row.name, row.pid, slots_for(row, facts.job.queue),
                                     number_of({db, sql::running_on, row.name})});
    const auto& own = facts.job.worker;
    const bool is_known = std::any_of(facts.workers.begin(), facts.workers.end(),
                                      [&](const LivingWorker& worker) { return worker.name == own; });
    if (own && !is_known && is_alive(paths, *own)) facts.workers.push_back({*own});
    if (!rows.empty()) facts.last_worker = LastWorker{rows.front().stopped_at};
}

} // namespace

Facts facts_about(const Paths& paths, db::Connection& db, JobId id)
{
    Facts facts{.job = require(db, id), .now = now()};
    const auto& job = facts.job;
    for (auto& attempt : attempts_of(db, id))
        if (attempt.ended_at) facts.attempts.push_back(std::move(attempt));
    if (job.state == State::superseded) {
        if (const auto next = first_job(db, {db, sql::child, id})) facts.successor = next->id;
        return facts;
    }
    if (is_finished(job.state)) return facts;
    add_workers(facts, paths, db);
    facts.pause = pause_that_holds(pauses(db), job);
    if (job.key) facts.holder = first_job(db, {db, sql::holder_of_key, *job.key, id});
    facts.key_name = job.key.value_or("");
    if (job.state == State::ready)
        facts.ahead = number_of({db, sql::ahead, job.queue, job.priority, job.run_at, id});
    return facts;
}

} // namespace skerry::queue
