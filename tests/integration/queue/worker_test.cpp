#include "queue/worker.hpp"
#include "workshop.hpp"

#include <set>

namespace skerry::queue_test {

using queue::State;
using test::eventually;
using test::have_begun;
using test::Hold;
using test::Note;
using test::reaches;
using test::submit;
using test::WorkerThread;
using test::Workshop;

namespace {

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a worker performs what is there, what comes, and what follows")
{
    const Workshop shop;
    auto db = shop.open();
    const auto before = submit(shop, db, Note{"before"});
    const WorkerThread worker(shop.app);
    CHECK(reaches(db, before, State::succeeded));
    const auto first = submit(shop, db, Note{"a"}, {.key = "p", .follow_ups = {queue::follow_up(Note{"b"})}});
    REQUIRE(eventually([&] { return queue::end_of_chain(db, first).has_value(); }));
    CHECK(test::told(db, "noted") == Texts{"before", "a", "b"});
}

TEST_CASE("a worker ends when it is told that its work is done, and gives back what still runs")
{
    const Workshop shop;
    auto db = shop.open();
    const auto held = submit(shop, db, Hold());
    const auto wanted = submit(shop, db, Note{"a"}, {.follow_ups = {queue::follow_up(Note{"b"})}});
    queue::Worker(shop.app, test::real_kinds, {}).work({}, [&](db::Connection& own) {
        return queue::end_of_chain(own, wanted) && test::told(own, "began").size() == 1;
    });
    CHECK(queue::end_of_chain(db, wanted)->state == State::succeeded);
    const auto job = queue::require(db, held);
    CHECK(job.state == State::ready);
    CHECK(job.attempt == 0);
    CHECK_FALSE(queue::worker_is_alive(shop.app.paths));
}

TEST_CASE("a worker that is stopped releases its jobs uncharged and leaves no life behind")
{
    const Workshop shop;
    auto db = shop.open();
    std::vector<queue::JobId> ids;
    {
        const WorkerThread worker(shop.app);
        for (int number = 0; number < 5; ++number) ids.push_back(submit(shop, db, Hold()));
        REQUIRE(have_begun(db, 5));
        CHECK(queue::worker_is_alive(shop.app.paths));
    }
    for (const auto id : ids) {
        const auto job = queue::require(db, id);
        CHECK(job.state == State::ready);
        CHECK(job.attempt == 0);
        CHECK(job.crashes == 0);
        CHECK(queue::attempts_of(db, id).at(0).outcome == "released");
    }
    CHECK(test::told(db, "abandoned").empty());
    CHECK(std::filesystem::is_empty(shop.app.paths.running()));
}

TEST_CASE("a worker that drains lets its jobs end, and takes no more")
{
    const Workshop shop;
    auto db = shop.open();
    const auto running = submit(shop, db, Hold());
    std::stop_source stop;
    std::jthread thread([&] {
        queue::Worker(shop.app, test::real_kinds, {.concurrency = 1, .drain = std::chrono::minutes(1)})
            .work(stop.get_token());
    });
    REQUIRE(have_begun(db, 1));
    const auto waiting = submit(shop, db, Note{"b"});
    stop.request_stop();
    shop.go();
    thread.join();
    CHECK(queue::require(db, running).state == State::succeeded);
    CHECK(queue::require(db, waiting).state == State::ready);
}

TEST_CASE("two workers share the work; every job is performed once")
{
    const Workshop shop;
    auto db = shop.open();
    constexpr int jobs = 300;
    {
        db::Transaction transaction(db);
        for (int number = 0; number < jobs; ++number)
            queue::add(db, Note{std::to_string(number)}, {.key = number % 3 == 0 ? "key" : ""});
        transaction.commit();
    }
    const WorkerThread one(shop.app);
    const WorkerThread other(shop.app);
    REQUIRE(eventually([&] { return !queue::has_work(db); }));
    auto texts = test::told(db, "noted");
    CHECK(texts.size() == jobs);
    CHECK(std::set(texts.begin(), texts.end()).size() == jobs);
    db::Query row(db, "select count(*), sum(outcome = 'succeeded') from attempts");
    REQUIRE(row.next());
    CHECK(row.number(0) == jobs);
    CHECK(row.number(1) == jobs);
}

TEST_CASE("two workers hold jobs side by side, but one job of a key at a time")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread one(shop.app, {.concurrency = 1});
    const WorkerThread other(shop.app, {.concurrency = 1});
    submit(shop, db, Hold("a1"), {.key = "a"});
    submit(shop, db, Hold("a2"), {.key = "a"});
    submit(shop, db, Hold("b1"), {.key = "b"});
    REQUIRE(have_begun(db, 2));
    const auto running = queue::list(db, {.state = "running"});
    REQUIRE(running.size() == 2);
    CHECK(running[0].worker != running[1].worker);
    CHECK(running[0].key != running[1].key);
    shop.go();
    CHECK(eventually([&] { return !queue::has_work(db); }));
}

TEST_CASE("a job for later begins at its time without a ring")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    const auto time = now() + 120;
    const auto id = submit(shop, db, Note{"a"}, {.run_at = time});
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(queue::attempts_of(db, id).at(0).started_at >= time);
}

TEST_CASE("a job that somebody adds without ringing is found all the same")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    REQUIRE(eventually([&] { return queue::worker_is_alive(shop.app.paths); }));
    const auto id = queue::add(db, Note{"a"}).id;
    CHECK(reaches(db, id, State::succeeded));
}

TEST_CASE("a job that failed waits for its next attempt, which can be now")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    const auto id = submit(shop, db, test::Fail());
    REQUIRE(reaches(db, id, State::retry));
    CHECK(queue::require(db, id).error == "not yet");
    CHECK(read_file(shop.app.paths.job_log(id)).find("attempt 1 of 3 failed, now retry: not yet") !=
          std::string::npos);
    queue::run_now(shop.app.paths, db, id);
    CHECK(reaches(db, id, State::succeeded));
}

TEST_CASE("a job that takes too long is stopped and charged")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    const auto id = submit(shop, db, test::Slow());
    REQUIRE(reaches(db, id, State::dead));
    CHECK(queue::require(db, id).error == "it did not end within 60 ms");
    CHECK(queue::attempts_of(db, id).at(0).outcome == "timeout");
    CHECK(test::told(db, "abandoned") == Texts{"held"});
}

TEST_CASE("a success whose rows cannot be written is none, and nothing of it stays")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    const auto id = submit(shop, db, test::Spoil(), {.follow_ups = {queue::follow_up(Note{"b"})}});
    REQUIRE(reaches(db, id, State::dead));
    CHECK(queue::require(db, id).error == "the project was deleted");
    CHECK(test::told(db, "held").empty());
    CHECK(test::told(db, "abandoned") == Texts{"spoilt", "b"});
}

TEST_CASE("jobs that nobody can perform end dead and do not disturb the worker")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    const auto unknown = queue::add_raw(db, {.kind = "no.such"}, api::Json::object(), {}).id;
    const auto wrong = queue::add_raw(db, Note::policy, api::Json::object({{"nonsense", 1}}), {}).id;
    const auto broken = queue::add_raw(db, Note::policy, {}, {}).id;
    db::execute(db, "update jobs set args = '{', follow_ups = '{' where id = ?1", broken);
    const auto good = submit(shop, db, Note{"good"});
    CHECK(reaches(db, good, State::succeeded));
    for (const auto id : {unknown, wrong, broken}) CHECK(reaches(db, id, State::dead));
    CHECK(queue::require(db, unknown).error->find("no.such") != std::string::npos);
    CHECK(queue::require(db, wrong).error->find("nonsense is unknown") != std::string::npos);
}

TEST_CASE("whoever lost his job stops and his result is refused")
{
    const Workshop shop;
    auto db = shop.open();
    const WorkerThread worker(shop.app, {.concurrency = 1});
    const auto id = submit(shop, db, Hold());
    REQUIRE(have_begun(db, 1));
    const auto job = queue::require(db, id);
    {
        db::Transaction transaction(db);
        REQUIRE(queue::settle(db, test::real_kinds, job, {queue::Way::crashed, std::nullopt, 1}));
        db::execute(db, "update jobs set priority = 1 where id = ?1", id);
        transaction.commit();
    }
    const auto next = submit(shop, db, Note{"next"});
    CHECK(reaches(db, next, State::succeeded));
    REQUIRE(have_begun(db, 2));
    shop.go();
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(test::told(db, "held") == Texts{"held"});
    const auto attempts = queue::attempts_of(db, id);
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].outcome == "crashed");
}

TEST_CASE("a worker that has had nothing to do for a while clears the write-ahead log away")
{
    const Workshop shop;
    auto db = shop.open();
    submit(shop, db, Note{"a"});
    const auto log = shop.app.paths.database().string() + "-wal";
    const WorkerThread worker(shop.app);
    REQUIRE(eventually([&] { return !queue::has_work(db); }));
    CHECK(std::filesystem::file_size(log) > 0);
    CHECK(eventually([&] { return std::filesystem::file_size(log) == 0; }));
}

} // namespace skerry::queue_test
