#include "queue/claim.hpp"
#include "queue/statements.hpp"
#include "support/jobs.hpp"

#include <doctest/doctest.h>

namespace skerry::queue_test {

using queue::State;
using test::claim_next;
using test::Note;

namespace {

std::vector<std::string> claimed_texts(db::Connection& db, int slots = 10)
{
    std::vector<std::string> texts;
    for (const auto& job : queue::claim(db, {.worker = "worker", .slots = slots}).jobs)
        texts.push_back(job.args["text"].text());
    return texts;
}

std::string plan_of(db::Connection& db, std::string_view statement)
{
    std::string plan;
    const auto sql = "explain query plan " + std::string(statement);
    db::Query row(db, sql);
    while (row.next()) plan += row.text(3) + "\n";
    return plan;
}

} // namespace

TEST_CASE("a job is claimed once, and its attempt is opened")
{
    test::Database db;
    const auto id = queue::add(db, Note{"a"}).id;
    const auto job = claim_next(db, "first");
    REQUIRE(job);
    CHECK(job->id == id);
    CHECK(job->state == State::running);
    CHECK(job->attempt == 1);
    CHECK(job->lease == 1);
    CHECK(job->worker == "first");
    CHECK_FALSE(claim_next(db, "second"));

    const auto attempts = queue::attempts_of(db, id);
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].worker == "first");
    CHECK_FALSE(attempts[0].ended_at);
}

TEST_CASE("the line is ordered by priority, then time, then id")
{
    test::Database db;
    const auto time = now() - 1000;
    queue::add(db, Note{"late"}, {.run_at = time + 5});
    queue::add(db, Note{"early"}, {.run_at = time});
    queue::add(db, Note{"early too"}, {.run_at = time});
    queue::add(db, Note{"urgent"}, {.priority = -1, .run_at = time + 9});
    CHECK(claimed_texts(db) == std::vector<std::string>{"urgent", "early", "early too", "late"});
}

TEST_CASE("no more jobs are claimed than there are slots")
{
    test::Database db;
    for (int number = 0; number < 5; ++number) queue::add(db, Note{"a"});
    CHECK(queue::claim(db, {.worker = "worker", .slots = 3}).jobs.size() == 3);
    CHECK(queue::claim(db, {.worker = "worker", .slots = 0}).jobs.empty());
    CHECK(queue::claim(db, {.worker = "worker", .slots = 3}).jobs.size() == 2);
}

TEST_CASE("one job of a key runs at a time and holds nobody else up")
{
    test::Database db;
    queue::add(db, Note{"a1"}, {.key = "a"});
    queue::add(db, Note{"a2"}, {.key = "a"});
    queue::add(db, Note{"b1"}, {.key = "b"});
    queue::add(db, Note{"free"});
    const auto jobs = queue::claim(db, {.worker = "worker", .slots = 10}).jobs;
    REQUIRE(jobs.size() == 3);
    CHECK(jobs[0].args["text"].view() == "a1");
    CHECK_FALSE(claim_next(db));
    test::end(db, jobs[0], {});
    CHECK(claim_next(db)->args["text"].view() == "a2");
}

TEST_CASE("a paused queue gives no jobs")
{
    test::Database db;
    queue::add(db, Note{"a"});
    db::execute(db, "insert into pauses values ('queue', 'default', 1, 'ada')");
    CHECK_FALSE(claim_next(db));
    db::execute(db, "delete from pauses");
    CHECK(claim_next(db));
}

TEST_CASE("what waits for its time is promoted when that has come")
{
    test::Database db;
    CHECK_FALSE(queue::next_due(db));
    const auto time = now() + 60'000;
    const auto id = queue::add(db, Note{"a"}, {.run_at = time}).id;
    CHECK(queue::next_due(db) == time);
    CHECK_FALSE(queue::any_ready(db));
    CHECK_FALSE(claim_next(db));
    db::execute(db, "update jobs set run_at = 1 where id = ?1", id);
    CHECK(claim_next(db)->id == id);
}

TEST_CASE("a worker learns what it holds and what is to be cancelled, and renews it all at once")
{
    test::Database db;
    for (const auto* text : {"a", "b"}) queue::add(db, Note{text});
    const auto jobs = queue::claim(db, {.worker = "worker", .slots = 2}).jobs;
    db::execute(db, queue::sql::cancel, jobs[1].id, now());
    const auto held = queue::held_by(db, "worker");
    REQUIRE(held.size() == 2);
    CHECK_FALSE(held[0].cancel);
    CHECK(held[1].cancel);
    CHECK(held[1].lease == jobs[1].lease);
    CHECK(queue::held_by(db, "other").empty());

    db::execute(db, "update jobs set lease_until = 0");
    queue::renew(db, "worker", 60'000);
    db::Query row(db, "select min(lease_until) from jobs");
    REQUIRE(row.next());
    CHECK(row.number(0) > monotonic_now());
}

TEST_CASE("jobs whose key is held leave the line, and its first comes back when the key is free")
{
    test::Database db;
    const auto first = queue::add(db, Note{"a"}, {.key = "p"}).id;
    const auto later = queue::add(db, Note{"b"}, {.key = "p", .priority = 1}).id;
    const auto sooner = queue::add(db, Note{"c"}, {.key = "p"}).id;
    const auto other = queue::add(db, Note{"d"}, {.key = "q", .priority = 2}).id;
    CHECK(claim_next(db)->id == first);
    CHECK(claim_next(db)->id == other);
    CHECK_FALSE(claim_next(db));
    CHECK_FALSE(queue::any_ready(db));

    const auto running = queue::require(db, first);
    CHECK(end(db, running, {queue::Way::succeeded}) == queue::State::succeeded);
    CHECK(queue::any_ready(db));
    SUBCASE("by priority")
    {
        CHECK(claim_next(db)->id == sooner);
        CHECK_FALSE(claim_next(db));
    }
    SUBCASE("also when the one that came back is cancelled before it was taken")
    {
        db::execute(db, queue::sql::cancel, sooner, now());
        CHECK(claim_next(db)->id == later);
    }
}

TEST_CASE("what stands behind a job of a free key that nobody takes is taken all the same")
{
    test::Database db;
    const auto holder = queue::add(db, Note{"a"}, {.key = "p"}).id;
    queue::add(db, test::Once{"head"}, {.key = "p"});
    const auto behind = queue::add(db, Note{"b"}, {.key = "p", .priority = 1}).id;
    CHECK(claim_next(db)->id == holder);
    CHECK_FALSE(claim_next(db));
    db::execute(db, "insert into pauses values ('type', 'test.once', 1, 'ada')");
    CHECK_FALSE(queue::rejoin(db)); // the key is held
    end(db, queue::require(db, holder), {});
    CHECK_FALSE(claim_next(db));
    CHECK(queue::rejoin(db));
    CHECK(claim_next(db)->id == behind);
    CHECK_FALSE(queue::rejoin(db));
}

TEST_CASE("very many that wait for one key are passed over in steps, and never again")
{
    test::Database db;
    const auto holder = queue::add(db, Note{"a"}, {.key = "p"}).id;
    CHECK(claim_next(db)->id == holder);
    for (int i = 0; i < 700; ++i) queue::add(db, Note{"b"}, {.key = "p"});
    const auto free = queue::add(db, Note{"c"}, {.priority = 1}).id;
    const auto step = queue::claim(db, {.worker = "worker"});
    CHECK(step.more);
    CHECK(step.jobs.empty());
    CHECK(claim_next(db)->id == free);
}

TEST_CASE("the statements of every moment use their partial indexes and sort nothing")
{
    test::Database db;
    const auto claim = plan_of(db, queue::sql::in_line);
    CHECK(claim.find("j USING INDEX jobs_claim (queue=?)") != std::string::npos);
    CHECK(claim.find("r USING INDEX jobs_ckey (ckey=?)") != std::string::npos);
    CHECK(claim.find("B-TREE") == std::string::npos);
    CHECK(plan_of(db, queue::sql::promote).find("USING INDEX jobs_due") != std::string::npos);
    CHECK(plan_of(db, queue::sql::next_due).find("USING INDEX jobs_due") != std::string::npos);
    CHECK(plan_of(db, queue::sql::held).find("USING INDEX jobs_running") != std::string::npos);
    CHECK(plan_of(db, queue::sql::running_workers).find("USING INDEX jobs_running") != std::string::npos);
    CHECK(plan_of(db, queue::sql::expired).find("USING INDEX jobs_running") != std::string::npos);
    CHECK(plan_of(db, queue::sql::twin).find("USING INDEX jobs_dedupe") != std::string::npos);
    CHECK(plan_of(db, queue::sql::give_up).find("t USING INDEX jobs_dedupe") != std::string::npos);
    CHECK(plan_of(db, queue::sql::live_of_key).find("jobs_live_key") != std::string::npos);
    CHECK(plan_of(db, queue::sql::child).find("jobs_parent") != std::string::npos);
    CHECK(plan_of(db, queue::sql::any_live).find("SCAN jobs\n") == std::string::npos);
}

} // namespace skerry::queue_test
