#include "support/forked.hpp"
#include "workshop.hpp"

#include <cstdlib>

namespace skerry::queue_test {

using queue::State;
using test::eventually;
using test::Forked;
using test::have_begun;
using test::Hold;
using test::reaches;
using test::submit;
using test::WorkerThread;
using test::Workshop;

TEST_CASE("the jobs of a worker that is killed are performed again by another within a second")
{
    const Workshop shop;
    Forked victim([&] { shop.work(); });
    auto db = shop.open();
    const auto id = submit(shop, db, Hold());
    REQUIRE(have_begun(db, 1));
    const WorkerThread other(shop.app);
    REQUIRE(eventually([&] { return std::filesystem::exists(shop.app.paths.running()); }));

    const auto killed = monotonic_now();
    victim.signal(SIGKILL);
    REQUIRE(have_begun(db, 2));
    const auto noticed = monotonic_now() - killed;
    MESSAGE("noticed after " << noticed << " ms");
    CHECK(noticed < 1'000);

    const auto job = queue::require(db, id);
    CHECK(job.crashes == 1);
    CHECK(job.attempt == 1);
    CHECK(queue::attempts_of(db, id).at(0).outcome == "crashed");
    shop.go();
    CHECK(reaches(db, id, State::succeeded));
    CHECK(test::told(db, "held").size() == 1);
}

TEST_CASE("a job that kills every worker ends dead and is abandoned")
{
    const Workshop shop;
    queue::JobId id = 0;
    {
        auto db = shop.open();
        id = submit(shop, db, Hold());
    }
    for (std::size_t count = 1; count <= 3; ++count) {
        Forked victim([&] { shop.work(); });
        auto db = shop.open();
        REQUIRE(have_begun(db, count));
    }
    auto db = shop.open();
    const WorkerThread last(shop.app);
    CHECK(reaches(db, id, State::dead));
    CHECK(test::told(db, "began").size() == 3);
    CHECK(test::told(db, "abandoned").size() == 1);
}

TEST_CASE("a worker that hangs loses its job, and what it brings later is refused")
{
    const Workshop shop;
    Forked frozen([&] { shop.work(); });
    auto db = shop.open();
    const auto id = submit(shop, db, Hold());
    REQUIRE(have_begun(db, 1));
    frozen.signal(SIGSTOP);
    db::execute(db, "update jobs set lease_until = 1");
    {
        const WorkerThread other(shop.app);
        REQUIRE(reaches(db, id, State::retry));
        CHECK(queue::attempts_of(db, id).at(0).outcome == "timeout");
        shop.go();
        queue::run_now(shop.app.paths, db, id);
        REQUIRE(reaches(db, id, State::succeeded));
    }
    frozen.signal(SIGCONT);
    // It learns that it lost the job and then performs the next one.
    const auto next = submit(shop, db, test::Note{"next"});
    CHECK(reaches(db, next, State::succeeded));
    CHECK(test::told(db, "held").size() == 1);
    CHECK(queue::attempts_of(db, id).size() == 2);
}

TEST_CASE("a running job is cancelled from another process")
{
    const Workshop shop;
    const Forked worker([&] { shop.work(); });
    auto db = shop.open();
    std::vector<std::int64_t> times;
    for (std::size_t number = 1; number <= 20; ++number) {
        const auto id = submit(shop, db, Hold());
        REQUIRE(have_begun(db, number));
        const auto asked = monotonic_now();
        CHECK(queue::cancel(shop.app.paths, db, test::real_kinds, id) == queue::Cancelled::asked);
        REQUIRE(reaches(db, id, State::cancelled));
        times.push_back(monotonic_now() - asked);
    }
    MESSAGE("cancelled after: p50 " << test::percentile(times, 50) << " ms, p99 "
                                    << test::percentile(times, 99) << " ms");
    CHECK(test::told(db, "abandoned").size() == 20);
}

TEST_CASE("many processes add while a worker works: nothing is lost and nobody finds the database locked")
{
    constexpr int processes = 8, jobs = 200;
    const Workshop shop;
    const Forked worker([&] { shop.work(); });
    std::vector<Forked> producers;
    for (int process = 0; process < processes; ++process)
        producers.emplace_back([&, process] {
            auto db = shop.open();
            for (int number = 0; number < jobs; ++number)
                submit(shop, db, test::Note{std::to_string(process) + "/" + std::to_string(number)});
        });
    for (auto& producer : producers) CHECK(producer.wait() == 0);
    auto db = shop.open();
    REQUIRE(eventually([&] { return !queue::has_work(db); }));
    db::Query row(db, "select count(*), count(distinct args) from jobs where state = 5");
    REQUIRE(row.next());
    CHECK(row.number(0) == processes * jobs);
    CHECK(row.number(1) == processes * jobs);
}

TEST_CASE("workers and producers that are killed at any moment lose nothing and do nothing twice")
{
    constexpr int jobs = 150;
    const Workshop shop;
    const auto enqueue = [&] {
        auto db = shop.open();
        for (int number = 0; number < jobs; ++number) {
            // whoever is killed so often would else be found guilty of it
            db::execute(db, "update jobs set max_crashes = 100 where id = ?1",
                        submit(shop, db, test::Count()));
        }
    };
    Forked producer(enqueue);
    for (int round = 0; round < 12; ++round) {
        Forked victim([&] { shop.work(); });
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 7 * round)); // a moment to be killed at
    }
    CHECK(producer.wait() == 0);
    auto db = shop.open();
    const WorkerThread worker(shop.app);
    REQUIRE(eventually([&] { return !queue::has_work(db); }));
    db::Query row(db, "select count(*), sum(crashes) from jobs where state = 5");
    REQUIRE(row.next());
    CHECK(row.number(0) == jobs);
    CHECK(test::told(db, "counted").size() == jobs);
    MESSAGE("attempts that crashed: " << row.number(1));
}

} // namespace skerry::queue_test
