#include "queue/stats.hpp"

#include "queue/life.hpp"
#include "queue/pauses.hpp"
#include "queue/stats_statements.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>

namespace skerry::queue {
namespace {

constexpr std::int64_t most_sampled = 20'000;
constexpr Time a_minute = 60'000, an_hour = 60 * a_minute;

/// Jobs that one index holds: how many, and what they are.
struct Source {
    std::string_view count;
    std::string_view sample;
};
constexpr std::array sources{Source{sql::count_ready, sql::sample_ready},
                             Source{sql::count_blocked, sql::sample_blocked},
                             Source{sql::count_due, sql::sample_due},
                             Source{sql::count_running, sql::sample_running},
                             Source{sql::count_succeeded, sql::sample_succeeded},
                             Source{sql::count_cancelled, sql::sample_cancelled},
                             Source{sql::count_dead, sql::sample_dead},
                             Source{sql::count_superseded, sql::sample_superseded}};

template <class... Values> std::optional<std::int64_t>
one_number(db::Connection& db, std::string_view statement, const Values&... values)
{
    db::Query row(db, statement, values...);
    return row.next() ? row.number_if_any(0) : std::nullopt;
}

/// Adds the jobs of one source; where there are too many, those of the sample stand for all.
void add(db::Connection& db, const Source& source, Stats& stats)
{
    const auto total = one_number(db, source.count).value_or(0);
    if (total == 0) return;
    const auto share = std::max(1.0, static_cast<double>(total) / static_cast<double>(most_sampled));
    if (total > most_sampled) stats.approximate = true;
    for (db::Query row(db, source.sample, most_sampled); row.next();) {
        const auto state = static_cast<State>(row.number(2));
        const auto count = std::llround(static_cast<double>(row.number(3)) * share);
        stats.states[state] += count;
        stats.types[row.text(0)][state] += count;
        stats.queues[row.text(1)][state] += count;
    }
}

Ended ended_since(db::Connection& db, Time time)
{
    return {.succeeded = one_number(db, sql::ended_since, State::succeeded, time).value_or(0),
            .failed = one_number(db, sql::ended_since, State::dead, time).value_or(0)};
}

std::vector<WorkerAtWork> workers_at_work(const Paths& paths, db::Connection& db)
{
    std::vector<WorkerAtWork> found;
    for (db::Query row(db, sql::workers_not_ended); row.next();)
        if (is_alive(paths, row.text(0)))
            found.push_back(
                {row.text(0), row.number(1), row.number(2), row.text(3), row.number(4), row.number(5)});
    return found;
}

api::Json pauses_in(db::Connection& db)
{
    auto list = api::Json::array();
    for (const auto& pause : pauses(db)) list.push(to_json(pause));
    return list;
}

/// Asked of the file system by name: opening the file beside SQLite would undo its locks.
std::int64_t size_of(const std::filesystem::path& file)
{
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return none ? 0 : static_cast<std::int64_t>(size);
}

api::Json counts_json(const StateCounts& counts)
{
    auto json = api::Json::object();
    for (const auto& [state, count] : counts) json.set(name_of(state), count);
    return json;
}

api::Json ended_json(const Ended& ended)
{
    return api::Json::object({{"succeeded", ended.succeeded}, {"failed", ended.failed}});
}

api::Json groups_json(std::string_view what, const std::map<std::string, StateCounts>& groups)
{
    auto list = api::Json::array();
    for (const auto& [name, counts] : groups)
        list.push(api::Json::object({{std::string(what), name}, {"states", counts_json(counts)}}));
    return list;
}

api::Json worker_json(const WorkerAtWork& worker)
{
    return api::Json::object({{"name", worker.name},
                              {"pid", worker.pid},
                              {"concurrency", worker.concurrency},
                              {"queues", worker.queues.empty() ? api::Json() : api::Json(worker.queues)},
                              {"startedAt", worker.started_at},
                              {"running", worker.running}});
}

} // namespace

Stats stats(const Paths& paths, db::Connection& db, Time now)
{
    Stats stats;
    for (int state = 0; state <= static_cast<int>(State::superseded); ++state)
        if (static_cast<State>(state) != State::suspended) stats.states[static_cast<State>(state)] = 0;
    for (const auto& source : sources) add(db, source, stats);
    const auto oldest = one_number(db, sql::oldest_waiting);
    if (oldest && *oldest <= now) stats.oldest_waiting = now - *oldest;
    stats.last_minute = ended_since(db, now - a_minute);
    stats.last_hour = ended_since(db, now - an_hour);
    stats.average_run_time = one_number(db, sql::average_run_time, now - an_hour);
    stats.workers = workers_at_work(paths, db);
    stats.pauses = pauses_in(db);
    stats.database_bytes = one_number(db, sql::database_size).value_or(0);
    stats.log_bytes = size_of(paths.database().string() + "-wal");
    return stats;
}

api::Json to_json(const Stats& stats)
{
    auto workers = api::Json::array();
    for (const auto& worker : stats.workers) workers.push(worker_json(worker));
    return api::Json::object({{"states", counts_json(stats.states)},
                              {"types", groups_json("type", stats.types)},
                              {"queues", groups_json("queue", stats.queues)},
                              {"approximate", stats.approximate},
                              {"oldestWaiting", stats.oldest_waiting},
                              {"lastMinute", ended_json(stats.last_minute)},
                              {"lastHour", ended_json(stats.last_hour)},
                              {"averageRunTime", stats.average_run_time},
                              {"workers", workers},
                              {"pauses", stats.pauses},
                              {"databaseBytes", stats.database_bytes},
                              {"logBytes", stats.log_bytes}});
}

} // namespace skerry::queue
