#include "queue/queue.hpp"
#include "schedules/feeder.hpp"
#include "schedules/schedule_store.hpp"
#include "schedules/slots.hpp"
#include "support/database.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>

namespace skerry::feeder_test {

using schedules::Missed;
using schedules::Schedule;

constexpr Time minute = 60'000, hour = 60 * minute, day = 24 * hour;
/// The 1st of January 2026, UTC.
constexpr Time start_of_2026 = 1'767'225'600'000;

/// A schedule as `add` would have made it at `time`.
void add(db::Connection& db, const std::string& name, const std::string& cron, Time time,
         const std::string& zone = "UTC", Missed missed = Missed::once)
{
    Schedule schedule{.name = name, .cron = cron, .timezone = zone, .missed = missed, .created_at = time};
    schedule.task = {.kind = "exec", .args = api::Json::object({{"environment", api::Json::array()}})};
    schedule.next_at =
        schedules::next_slot(schedules::parse_cron(cron), schedules::Timezone(zone), time).value();
    REQUIRE(schedules::insert(db, schedule));
}

void feed(db::Connection& db, Time now)
{
    db::Transaction transaction(db);
    schedules::feed(db, now);
    transaction.commit();
}

/// The slots that were run, in the order of the jobs.
std::vector<Time> slots_run(db::Connection& db)
{
    std::vector<Time> found;
    for (db::Query row(db, "select run_at from jobs order by id"); row.next();)
        found.push_back(row.number(0));
    return found;
}
using Times = std::vector<Time>;

TEST_CASE("a slot adds one job with all that the schedule says, and moves the schedule on")
{
    test::Database db;
    Schedule schedule{.name = "nightly", .cron = "0 3 * * *", .timezone = "UTC", .created_at = 1};
    schedule.task = {.kind = "exec",
                     .args = api::Json::parse(R"({"command":["true"],"environment":["A=1"]})"),
                     .queue = "slow",
                     .priority = 7,
                     .max_attempts = 4,
                     .timeout = 5000,
                     .key = "backup"};
    schedule.next_at = start_of_2026 + 3 * hour;
    schedules::insert(db, schedule);
    CHECK(schedules::next_of_all(db) == schedule.next_at);

    feed(db, schedule.next_at - 1);
    CHECK(slots_run(db).empty());
    feed(db, schedule.next_at);
    feed(db, schedule.next_at);
    REQUIRE(slots_run(db).size() == 1);

    const auto after = schedules::require(db, "nightly");
    CHECK(after.next_at == schedule.next_at + day);
    CHECK(after.last_at == schedule.next_at);
    const auto job = queue::require(db, after.last_job.value());
    CHECK(job.kind == "exec");
    CHECK(job.name == "nightly");
    CHECK(job.queue == "slow");
    CHECK(job.priority == 7);
    CHECK(job.max_attempts == 4);
    CHECK(job.timeout == 5000);
    CHECK(job.key == "backup");
    CHECK(job.run_at == schedule.next_at);
    CHECK(job.args.dump() == R"({"command":["true"],"environment":["A=1","SKERRY_SCHEDULE=nightly",)"
                             R"("SKERRY_SLOT=2026-01-01T03:00:00.000Z"]})");
}

TEST_CASE("a year of ticks runs each slot once, in places whose clocks change twice")
{
    for (const char* zone : {"Europe/Berlin", "America/New_York", "UTC"}) {
        CAPTURE(zone);
        test::Database db;
        add(db, "gap", "30 2 * * *", start_of_2026 - 1, zone);
        add(db, "fold", "30 1 * * *", start_of_2026 - 1, zone);
        add(db, "hourly", "0 * * * *", start_of_2026 - 1, zone);
        // Ticks as a worker has them: when the feeder asks for them, a little late.
        while (*schedules::next_of_all(db) < start_of_2026 + 365 * day)
            feed(db, *schedules::next_of_all(db) + 250);
        std::map<std::string, Times> by_name;
        for (db::Query row(db, "select name, run_at from jobs order by id"); row.next();)
            by_name[row.text(0)].push_back(row.number(1));
        CHECK(by_name["gap"].size() == 365);
        CHECK(by_name["fold"].size() == 365);
        CHECK(by_name["hourly"].size() == 365 * 24);
        for (const auto& [name, slots] : by_name) {
            CAPTURE(name);
            CHECK(std::adjacent_find(slots.begin(), slots.end(), std::greater_equal<>()) == slots.end());
        }
    }
}

TEST_CASE("nine hours of sleep are made up for as each schedule says")
{
    const Time asleep = start_of_2026 + 30 * minute;
    const Time awake = asleep + 9 * hour; // 9:30
    const auto run_after_sleep = [&](const char* cron, Missed missed) {
        test::Database db;
        add(db, "s", cron, asleep, "UTC", missed);
        feed(db, awake);
        CHECK(schedules::require(db, "s").next_at > awake);
        return slots_run(db);
    };
    CHECK(run_after_sleep("0 * * * *", Missed::skip).empty());
    CHECK(run_after_sleep("0 * * * *", Missed::once) == Times{start_of_2026 + 9 * hour});
    const auto all = run_after_sleep("0 * * * *", Missed::all);
    REQUIRE(all.size() == 9);
    CHECK(all.front() == start_of_2026 + hour);
    CHECK(all.back() == start_of_2026 + 9 * hour);

    // A slot that comes in the last minute was not missed.
    CHECK(run_after_sleep("*/30 * * * *", Missed::skip) == Times{awake});
    CHECK(run_after_sleep("*/30 * * * *", Missed::once) == Times{awake});
    CHECK(run_after_sleep("* * * * *", Missed::skip) == Times{awake - minute, awake});
    // The newest are made up for.
    const auto many = run_after_sleep("* * * * *", Missed::all);
    REQUIRE(many.size() == 100);
    CHECK(many.back() == awake);
    CHECK(many.front() == awake - 99 * minute);
}

TEST_CASE("a slot noticed a little late is run whatever is said about missed ones")
{
    test::Database db;
    add(db, "s", "0 * * * *", start_of_2026, "UTC", Missed::skip);
    feed(db, start_of_2026 + hour + 59'000);
    CHECK(slots_run(db) == Times{start_of_2026 + hour});
    feed(db, start_of_2026 + 2 * hour + 61'000);
    CHECK(slots_run(db).size() == 1);
    CHECK(schedules::require(db, "s").next_at == start_of_2026 + 3 * hour);
}

TEST_CASE("a wall clock that jumps back runs no slot again, one that jumps forward misses slots")
{
    test::Database db;
    add(db, "s", "0 * * * *", start_of_2026, "UTC", Missed::all);
    feed(db, start_of_2026 + hour);
    feed(db, start_of_2026 + 5 * hour); // forward: 2, 3, 4 and 5 o'clock
    CHECK(slots_run(db).size() == 5);
    for (Time time = start_of_2026; time <= start_of_2026 + 5 * hour; time += minute) feed(db, time); // back
    CHECK(slots_run(db).size() == 5);
    feed(db, start_of_2026 + 6 * hour);
    const auto slots = slots_run(db);
    REQUIRE(slots.size() == 6);
    for (std::size_t i = 0; i < slots.size(); ++i)
        CHECK(slots[i] == start_of_2026 + static_cast<Time>(i + 1) * hour);
}

TEST_CASE("years without a worker end in one run, at once")
{
    test::Database db;
    add(db, "s", "* * * * *", start_of_2026 - 3650 * day);
    feed(db, start_of_2026);
    CHECK(slots_run(db) == Times{start_of_2026});
}

TEST_CASE("a paused schedule adds nothing, and the others go on")
{
    test::Database db;
    add(db, "a", "0 * * * *", start_of_2026);
    add(db, "b", "0 * * * *", start_of_2026);
    schedules::pause(db, "a", "somebody");
    schedules::pause(db, "a", "somebody else");
    CHECK(schedules::require(db, "a").paused_by == "somebody");
    feed(db, start_of_2026 + hour);
    CHECK(slots_run(db).size() == 1);
    schedules::pause(db, "b", "somebody");
    CHECK_FALSE(schedules::next_of_all(db));

    schedules::resume(db, "a", start_of_2026 + 4 * hour);
    CHECK(schedules::next_of_all(db) == start_of_2026 + 4 * hour);
    CHECK_FALSE(schedules::require(db, "a").paused_by);
}

TEST_CASE("a schedule that is not understood any more is paused and says why; the others run")
{
    test::Database db;
    add(db, "bad", "0 * * * *", start_of_2026);
    add(db, "good", "0 * * * *", start_of_2026);
    db.run("update schedules set timezone = 'Europe/Atlantis' where name = 'bad'");
    feed(db, start_of_2026 + hour);
    CHECK(slots_run(db).size() == 1);
    const auto bad = schedules::require(db, "bad");
    REQUIRE(bad.paused_by);
    CHECK(bad.paused_by->find("'Europe/Atlantis'") != std::string::npos);
}

TEST_CASE("a next slot that somebody set by hand is run, though no time matches it")
{
    test::Database db;
    add(db, "s", "0 3 * * *", start_of_2026);
    schedules::set_next(db, "s", start_of_2026 + hour + 17);
    feed(db, start_of_2026 + hour + 20);
    CHECK(slots_run(db) == Times{start_of_2026 + hour + 17});
    CHECK(schedules::require(db, "s").next_at == start_of_2026 + 3 * hour);
}

TEST_CASE("by hand it runs as often as somebody asks, and its slots stay as they are")
{
    test::Database db;
    add(db, "s", "0 3 * * *", start_of_2026);
    const auto schedule = schedules::require(db, "s");
    CHECK(schedules::add_job(db, schedule, {}).id != schedules::add_job(db, schedule, {}).id);
    CHECK(schedules::require(db, "s").next_at == schedule.next_at);
}

} // namespace skerry::feeder_test
