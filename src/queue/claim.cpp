#include "queue/claim.hpp"

#include "queue/job_row.hpp"
#include "queue/statements.hpp"
#include "util/error.hpp"

#include <set>

namespace skerry::queue {
namespace {

struct InLine {
    JobId id = 0;
    std::string key{};
    bool is_held = false; ///< a job of the key runs
};

std::vector<InLine> in_line(db::Connection& db, std::string_view queue, int count)
{
    std::vector<InLine> found;
    db::Query row(db, sql::in_line, queue, count);
    while (row.next()) found.push_back({row.number(0), row.text_if_any(1).value_or(""), row.boolean(2)});
    return found;
}

Job take(db::Connection& db, JobId id, const std::string& worker, std::int64_t lease_until)
{
    db::Query row(db, sql::take, id, worker, lease_until, now());
    if (!row.next()) throw Error(Code::internal, "job " + std::to_string(id) + " left the line unseen");
    auto job = job_of(row);
    row.run();
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

bool any_ready(db::Connection& db, std::string_view queue)
{
    db::Query row(db, sql::any_ready, queue);
    return row.next() && row.boolean(0);
}

Claimed claim(db::Connection& db, const Claim& claim)
{
    // Who passes over very many writes as much: the others get their turn in between.
    constexpr int most = 500;
    Claimed result;
    std::set<std::string> taken;
    int passed = 0;
    while (static_cast<int>(result.jobs.size()) < claim.slots && passed < most) {
        const auto line = in_line(db, claim.queue, claim.slots - static_cast<int>(result.jobs.size()));
        if (line.empty()) return result;
        for (const auto& next : line) {
            if (next.is_held || taken.contains(next.key)) {
                passed += db::execute(db, sql::block, next.id);
                continue;
            }
            result.jobs.push_back(take(db, next.id, claim.worker, monotonic_now() + claim.lease));
            if (!next.key.empty()) taken.insert(next.key);
        }
    }
    result.more = passed >= most;
    return result;
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
