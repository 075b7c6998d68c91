#include "queue/job_store.hpp"
#include "queue/stats.hpp"
#include "support/jobs.hpp"

#include <doctest/doctest.h>

namespace skerry::stats_test {

using queue::State;
using test::Note;
using test::Once;

const Paths nowhere("/nonexistent/data");

TEST_CASE("the figures of an empty queue")
{
    test::Database db;
    const auto stats = queue::stats(nowhere, db, now());
    CHECK(stats.states.at(State::ready) == 0);
    CHECK(stats.types.empty());
    CHECK_FALSE(stats.oldest_waiting);
    CHECK_FALSE(stats.average_run_time);
    CHECK_FALSE(stats.approximate);
    CHECK(stats.workers.empty());
    CHECK(stats.database_bytes > 0);
}

TEST_CASE("jobs are counted by state, type and queue")
{
    test::Database db;
    queue::add(db, Note{"done"});
    test::end(db, *test::claim_next(db), {});
    queue::add(db, Note{"fails"}, {.max_attempts = 1});
    test::end(db, *test::claim_next(db), test::failure());
    queue::add(db, Once{"runs"});
    REQUIRE(test::claim_next(db));
    queue::add(db, Note{"waits"}, {.queue = "slow"});
    queue::add(db, Note{"later"}, {.run_at = now() + 3'600'000, .queue = "slow"});
    db.run("update jobs set run_at = run_at - 90000 where state = 1");
    db.run("insert into pauses values ('queue', 'slow', 5, 'somebody')");
    db.run("insert into workers values ('worker-gone', 1, 8, '', 0, null)");

    const auto stats = queue::stats(nowhere, db, now());
    CHECK(stats.states.at(State::succeeded) == 1);
    CHECK(stats.states.at(State::dead) == 1);
    CHECK(stats.states.at(State::running) == 1);
    CHECK(stats.states.at(State::ready) == 1);
    CHECK(stats.states.at(State::scheduled) == 1);
    CHECK(stats.types.at("test.note").at(State::ready) == 1);
    CHECK(stats.types.at("test.once").at(State::running) == 1);
    CHECK(stats.queues.at("slow").at(State::scheduled) == 1);
    CHECK(stats.last_minute.succeeded == 1);
    CHECK(stats.last_hour.failed == 1);
    CHECK(stats.oldest_waiting.value_or(0) >= 90'000);
    CHECK(stats.average_run_time);
    CHECK(stats.workers.empty()); // nobody holds its lock
    CHECK(stats.pauses.dump() == R"([{"scope":"queue","name":"slow","pausedAt":5,"pausedBy":"somebody"}])");

    const auto json = to_json(stats);
    CHECK(json["states"]["ready"].number() == 1);
    CHECK(json["types"].items().size() == 2);
    CHECK(json["lastHour"].dump() == R"({"succeeded":1,"failed":1})");
}

TEST_CASE("what many jobs are is estimated from some, and said to be; how many they are is exact")
{
    test::Database db;
    db.run("insert into jobs(kind, state, run_at, created_at, finished_at)"
           " with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000)"
           " select case when i % 2 then 'a' else 'b' end, 5, 0, 0, i from n");
    const auto stats = queue::stats(nowhere, db, now());
    CHECK(stats.approximate);
    CHECK(stats.states.at(State::succeeded) == 50'000);
    CHECK(stats.types.at("a").at(State::succeeded) == 25'000);
}

} // namespace skerry::stats_test
