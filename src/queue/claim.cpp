#include "queue/claim.hpp"

#include "queue/job_row.hpp"
#include "queue/statements.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace skerry::queue {
namespace {

struct InLine {
    Job job;
    bool is_held = false; ///< a job of its key runs
    QueueRoom* queue = nullptr;
};

std::vector<QueueRoom> every_queue(db::Connection& db, int slots)
{
    std::vector<QueueRoom> found;
    for (std::string name;;) {
        db::Query row(db, sql::next_queue, name);
        if (!row.next() || row.is_null(0)) return found;
        name = row.text(0);
        found.push_back({name, slots});
    }
}

/// The first in line of all queues that have room, in the order in which they are to be taken.
std::vector<InLine> in_line(db::Connection& db, std::vector<QueueRoom>& queues, int slots,
                            const std::string& kinds)
{
    std::vector<InLine> found;
    for (auto& queue : queues) {
        if (queue.slots <= 0) continue;
        db::Query row(db, sql::in_line, queue.name, std::min(slots, queue.slots), kinds);
        while (row.next()) found.push_back({job_of(row), row.boolean(columns_of_job), &queue});
    }
    if (queues.size() > 1)
        std::sort(found.begin(), found.end(), [](const InLine& a, const InLine& b) {
            return std::tie(a.job.priority, a.job.run_at, a.job.id) <
                   std::tie(b.job.priority, b.job.run_at, b.job.id);
        });
    return found;
}

/// Makes the job the worker's, in the database and here.
void take(db::Connection& db, Job& job, const Claim& claim)
{
    const auto time = now();
    if (db::execute(db, sql::take, job.id, claim.worker, monotonic_now() + claim.lease, time) == 0)
        throw Error(Code::internal, "job " + std::to_string(job.id) + " left the line unseen");
    job.state = State::running;
    job.worker = claim.worker;
    job.started_at = time;
    job.progress.reset();
    ++job.lease;
    ++job.attempt;
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
    db::Query row(db, sql::any_ready);
    return row.next() && row.boolean(0);
}

Claimed claim(db::Connection& db, const Claim& claim)
{
    // Who passes over very many writes as much: the others get their turn in between.
    constexpr int most = 500;
    const auto kinds = claim.kinds.empty() ? std::string() : api::Json(claim.kinds).dump();
    auto queues = claim.queues.empty() ? every_queue(db, claim.slots) : claim.queues;
    Claimed result;
    std::set<std::string> taken;
    int passed = 0;
    for (int room = claim.slots; room > 0 && passed < most;) {
        auto line = in_line(db, queues, room, kinds);
        if (line.empty()) return result;
        for (auto& next : line) {
            if (room == 0) break;
            if (next.is_held || (next.job.key && !taken.insert(*next.job.key).second)) {
                passed += db::execute(db, sql::block, next.job.id);
                continue;
            }
            take(db, next.job, claim);
            result.jobs.push_back(std::move(next.job));
            --room;
            --next.queue->slots;
        }
    }
    result.more = passed >= most;
    return result;
}

bool rejoin(db::Connection& db)
{
    {
        db::Query row(db, sql::any_blocked);
        if (!row.next() || !row.boolean(0)) return false;
    }
    return db::execute(db, sql::rejoin) > 0;
}

std::vector<Held> held_by(db::Connection& db, const std::string& worker)
{
    std::vector<Held> found;
    db::Query row(db, sql::held, worker);
    while (row.next()) found.push_back({row.number(0), row.number(1), !row.is_null(2)});
    return found;
}

void renew(db::Connection& db, const std::string& worker, std::int64_t lease)
{
    db::execute(db, sql::renew, worker, monotonic_now() + lease);
}

} // namespace skerry::queue
