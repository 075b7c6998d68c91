#include "sessions/event_retention.hpp"

#include "app/app.hpp"
#include "db/connection.hpp"
#include "projects/project_store.hpp"
#include "util/clock.hpp"

#include <algorithm>
#include <vector>

namespace skerry::sessions {
namespace {

/// Removed in one go for an hour: rather than one by one, each as its time comes.
constexpr Time between_removals = 3'600'000;
constexpr int most_rows = 2'000; // rows in one transaction

/// A project that does not keep its events for ever.
struct Keeping {
    projects::ProjectId project;
    Time time = 0; ///< how long they are kept
};

std::vector<Keeping> keepings(const App& app, db::Connection& db)
{
    std::vector<Keeping> found;
    db::Query row(db, "select id, coalesce(keep_events, ?1) from projects where deleted_at is null",
                  app.settings.keep_events);
    while (row.next())
        if (const auto time = row.text(1); time != "forever")
            found.push_back({row.id<projects::Project>(0), parse_duration(time)});
    return found;
}

/// The time of the oldest event that may go at all.
std::optional<Time> oldest(db::Connection& db, const projects::ProjectId& project)
{
    db::Query row(db,
                  "select time from events where project_id = ?1 and seq < coalesce((select min(seq_from)"
                  " from turns where project_id = ?1 and ended_at is null), 9223372036854775807)"
                  " order by seq limit 1",
                  project);
    return row.next() ? std::optional(row.number(0)) : std::nullopt;
}

void remove_before(db::Connection& db, const projects::ProjectId& project, Time time)
{
    db::execute(db,
                "delete from events where seq in (select seq from events where project_id = ?1 and time < ?2"
                " and seq < coalesce((select min(seq_from) from turns where project_id = ?1"
                " and ended_at is null), 9223372036854775807) order by seq limit ?3)",
                project, time, most_rows);
}

std::optional<Time> next_removal(const App& app, db::Connection& db)
{
    std::optional<Time> next;
    for (const auto& keeping : keepings(app, db))
        if (const auto time = oldest(db, keeping.project)) {
            const auto due = *time + keeping.time + between_removals;
            next = std::min(next.value_or(due), due);
        }
    return next;
}

void remove_old(const App& app, db::Connection& db, Time now)
{
    for (const auto& keeping : keepings(app, db))
        if (const auto time = oldest(db, keeping.project);
            time && *time + keeping.time + between_removals <= now)
            remove_before(db, keeping.project, now - keeping.time);
}

} // namespace

queue::Feeder event_retention()
{
    return {.next = next_removal, .feed = remove_old};
}

} // namespace skerry::sessions
