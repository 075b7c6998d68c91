#include "schedules/schedule_store.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::schedules {
namespace {

// The columns that schedule_of reads, in its order.
#define SKERRY_SCHEDULE_COLUMNS                                                                              \
    "select name, cron, timezone, missed, job, next_at, last_at, last_job_id, paused_at, paused_by,"         \
    " created_at, updated_at from schedules "

Schedule schedule_of(const db::Query& row)
{
    return {.name = row.text(0),
            .cron = row.text(1),
            .timezone = row.text(2),
            .missed = missed_named(row.text(3)),
            .task = task_of(api::Json::try_parse(row.text(4)).value_or(api::Json())),
            .next_at = row.number(5),
            .last_at = row.number_if_any(6),
            .last_job = row.number_if_any(7),
            .paused_at = row.number_if_any(8),
            .paused_by = row.text_if_any(9),
            .created_at = row.number(10),
            .updated_at = row.number(11)};
}

} // namespace

bool insert(db::Connection& db, const Schedule& schedule)
{
    return db::execute(db,
                       "insert into schedules(name, cron, timezone, missed, job, next_at, created_at,"
                       " updated_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) on conflict do nothing",
                       schedule.name, schedule.cron, schedule.timezone, name_of(schedule.missed),
                       to_json(schedule.task).dump(), schedule.next_at, schedule.created_at) == 1;
}

std::optional<Schedule> find(db::Connection& db, const std::string& name)
{
    db::Query row(db, SKERRY_SCHEDULE_COLUMNS "where name = ?1", name);
    return row.next() ? std::optional(schedule_of(row)) : std::nullopt;
}

Schedule require(db::Connection& db, const std::string& name)
{
    if (auto schedule = find(db, name)) return *std::move(schedule);
    throw Error(Code::not_found, "there is no schedule '" + one_line(name, 100) + "'",
                {.hint = "skerry schedules list"});
}

std::vector<Schedule> list(db::Connection& db)
{
    std::vector<Schedule> found;
    for (db::Query row(db, SKERRY_SCHEDULE_COLUMNS "order by name"); row.next();)
        found.push_back(schedule_of(row));
    return found;
}

bool remove(db::Connection& db, const std::string& name)
{
    return db::execute(db, "delete from schedules where name = ?1", name) == 1;
}

std::optional<Time> next_of_all(db::Connection& db)
{
    db::Query row(db, "select min(next_at) from schedules where paused_at is null");
    return row.next() ? row.number_if_any(0) : std::nullopt;
}

std::vector<Schedule> due(db::Connection& db, Time now, int most)
{
    std::vector<Schedule> found;
    db::Query row(
        db, SKERRY_SCHEDULE_COLUMNS "where paused_at is null and next_at <= ?1 order by next_at limit ?2",
        now, most);
    while (row.next()) found.push_back(schedule_of(row));
    return found;
}

void set_next(db::Connection& db, const std::string& name, Time next_at)
{
    db::execute(db, "update schedules set next_at = ?2, updated_at = ?3 where name = ?1", name, next_at,
                now());
}

void set_last(db::Connection& db, const std::string& name, Time last_at, queue::JobId job)
{
    db::execute(db, "update schedules set last_at = ?2, last_job_id = ?3, updated_at = ?4 where name = ?1",
                name, last_at, job, now());
}

void pause(db::Connection& db, const std::string& name, const std::string& by)
{
    db::execute(db,
                "update schedules set paused_at = ?2, paused_by = ?3, updated_at = ?2"
                " where name = ?1 and paused_at is null",
                name, now(), by);
}

void resume(db::Connection& db, const std::string& name, Time next_at)
{
    db::execute(db,
                "update schedules set paused_at = null, paused_by = null, next_at = ?2, updated_at = ?3"
                " where name = ?1 and paused_at is not null",
                name, next_at, now());
}

} // namespace skerry::schedules
