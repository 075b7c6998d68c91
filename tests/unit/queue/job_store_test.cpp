#include "queue/job_store.hpp"
#include "support/jobs.hpp"

#include <doctest/doctest.h>

namespace skerry::queue_test {

using queue::State;
using test::Again;
using test::Note;
using test::Once;

namespace {

std::int64_t number_from(db::Connection& db, std::string_view sql)
{
    db::Query row(db, sql);
    REQUIRE(row.next());
    return row.number(0);
}

} // namespace

TEST_CASE("a job added is ready, one for later is scheduled")
{
    test::Database db;
    const auto id = queue::add(db, Note{"a"}, {.key = "project", .priority = -1}).id;
    const auto job = queue::require(db, id);
    CHECK(job.state == State::ready);
    CHECK(job.kind == "test.note");
    CHECK(job.key == "project");
    CHECK(job.priority == -1);
    CHECK(job.args["text"].view() == "a");
    CHECK(job.max_attempts == 3);
    CHECK_FALSE(job.finished_at);

    const auto later = queue::add(db, Note{"b"}, {.run_at = now() + 60'000}).id;
    CHECK(queue::require(db, later).state == State::scheduled);
}

TEST_CASE("args that break a rule of their fields are not added")
{
    test::Database db;
    CHECK_THROWS_WITH_AS(queue::add(db, Note{}), doctest::Contains("text"), Error);
    CHECK_THROWS_AS(queue::follow_up(Note{}), Error);
    CHECK(queue::list(db, {}).empty());
}

TEST_CASE("many jobs are added as each alone would be, in their order")
{
    test::Database db;
    queue::add(db, Note{"before"});
    const queue::Order order{.key = "project", .priority = 3, .queue = "night", .name = "all of them"};
    const std::vector<Note> notes{{"a"}, {"\u00fc \"quoted\" \\ \n"}, {"]},{["}};
    const auto alone = queue::add(db, notes[1], order).id;
    const auto first = queue::add_many(db, notes, order);
    CHECK(first == alone + 1);
    for (std::size_t number = 0; number < notes.size(); ++number)
        CHECK(queue::require(db, first + static_cast<queue::JobId>(number)).args["text"].view() ==
              notes[number].text);
    CHECK(number_from(
              db, R"(select count(distinct json_array(kind, queue, priority, state, max_attempts, max_crashes,
        ckey, parent_id, follow_ups, name, timeout, attempt, lease, dedupe_mask)) from jobs where id > 1)") ==
          1);
    CHECK(number_from(db, "select count(distinct args) from jobs where id in (2, 4)") == 1);
    CHECK_THROWS_AS(queue::add_many(db, std::vector<Note>{{"fine"}, {""}}), Error);
    CHECK_THROWS_AS(queue::add_many(db, std::vector<Once>{Once()}), Error);
    CHECK(queue::list(db, {}).size() == 5);
}

TEST_CASE("a job that is not there is said to be not found")
{
    test::Database db;
    CHECK_FALSE(queue::find(db, 7));
    CHECK_THROWS_WITH_AS(queue::require(db, 7), "there is no job 7", Error);
}

TEST_CASE("while active: the second job is the first while that waits or runs")
{
    test::Database db;
    const auto first = queue::add(db, Once());
    CHECK_FALSE(first.deduplicated);
    CHECK(queue::add(db, Once()).id == first.id);
    CHECK(queue::add(db, Once()).deduplicated);
    CHECK(queue::add(db, Once("other")).id != first.id);

    REQUIRE(test::claim_next(db)->id == first.id);
    CHECK(queue::add(db, Once()).id == first.id);
}

TEST_CASE("while active: there is room again once the first has ended")
{
    test::Database db;
    const auto first = queue::add(db, Once()).id;
    test::end(db, *test::claim_next(db), {});
    CHECK(queue::require(db, first).state == State::succeeded);
    CHECK_FALSE(queue::add(db, Once()).deduplicated);
}

TEST_CASE("while waiting: one may wait while one runs")
{
    test::Database db;
    const auto first = queue::add(db, Again()).id;
    CHECK(queue::add(db, Again()).id == first);
    REQUIRE(test::claim_next(db)->id == first);
    const auto second = queue::add(db, Again());
    CHECK_FALSE(second.deduplicated);
    CHECK(queue::add(db, Again()).id == second.id);
}

TEST_CASE("the order of members makes no other job, their values do")
{
    test::Database db;
    const queue::Policy policy{.kind = "k", .dedupe = queue::Dedupe::active};
    const auto add = [&](const char* args) {
        return queue::add_raw(db, policy, api::Json::parse(args), {}).id;
    };
    const auto first = add(R"({"a":{"x":1,"y":[1,2]},"b":2})");
    CHECK(add(R"({"b":2,"a":{"y":[1,2],"x":1}})") == first);
    CHECK(add(R"({"b":2,"a":{"y":[2,1],"x":1}})") != first);
}

TEST_CASE("jobs are listed newest first, by plain and detailed states, kind and key")
{
    test::Database db;
    const auto a = queue::add(db, Note{"a"}, {.key = "one"}).id;
    const auto b = queue::add(db, Once(), {.key = "two", .run_at = now() + 60'000}).id;
    const auto ids = [&](const queue::Filter& filter) {
        std::vector<queue::JobId> found;
        for (const auto& job : queue::list(db, filter)) found.push_back(job.id);
        return found;
    };
    using Ids = std::vector<queue::JobId>;
    CHECK(ids({}) == Ids{b, a});
    CHECK(ids({.limit = 1}) == Ids{b});
    CHECK(ids({.state = "queued"}) == Ids{b, a});
    CHECK(ids({.state = "scheduled"}) == Ids{b});
    CHECK(ids({.kind = "test.note"}) == Ids{a});
    CHECK(ids({.key = "two"}) == Ids{b});
    CHECK(ids({.state = "failed"}).empty());
    CHECK_THROWS_AS(ids({.state = "happy"}), Error);
}

TEST_CASE("the shape of a job in JSON")
{
    test::Database db;
    queue::add(db, Note{"a"}, {.key = "p", .run_at = 1, .follow_ups = {queue::follow_up(Note{"b"})}});
    auto job = queue::require(db, 1);
    job.created_at = 2;
    CHECK(
        queue::to_json(job).dump() ==
        R"({"id":1,"type":"test.note","name":null,"state":"queued","detailedState":"ready","queue":"default",)"
        R"("priority":0,"projectId":"p","args":{"text":"a"},"attempt":0,"maxAttempts":3,"crashes":0,)"
        R"("worker":null,"progress":null,"result":null,"error":null,"timeout":null,"parentId":null,"followUps":["test.note"],"runAt":1,"createdAt":2,"startedAt":null,)"
        R"("finishedAt":null,"cancelRequestedAt":null})");
}

TEST_CASE("live are jobs that wait or run")
{
    test::Database db;
    CHECK_FALSE(queue::has_work(db));
    queue::add(db, Note{"a"}, {.key = "p"});
    CHECK(queue::has_work(db));
    CHECK(queue::has_live(db, "p"));
    CHECK_FALSE(queue::has_live(db, "other"));
    const auto job = test::claim_next(db);
    CHECK(queue::has_live(db, "p"));
    test::end(db, *job, {});
    CHECK_FALSE(queue::has_work(db));
    CHECK_FALSE(queue::has_live(db, "p"));
}

TEST_CASE("the end of a chain is known once nothing of it waits or runs")
{
    test::Database db;
    const auto first = queue::add(db, Note{"a"}, {.follow_ups = {queue::follow_up(Note{"b"})}}).id;
    CHECK_FALSE(queue::end_of_chain(db, first));
    test::end(db, *test::claim_next(db), {});
    CHECK_FALSE(queue::end_of_chain(db, first));
    test::end(db, *test::claim_next(db), {});
    REQUIRE(queue::end_of_chain(db, first));
    CHECK(queue::end_of_chain(db, first)->args["text"].view() == "b");
    CHECK_THROWS_AS(queue::end_of_chain(db, 99), Error);
}

} // namespace skerry::queue_test
