#include "queue/explain.hpp"
#include "queue/life.hpp"
#include "queue/queue.hpp"
#include "support/jobs.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using test::Note;

namespace {

struct Yard {
    TemporaryFolder folder;
    Paths paths{folder.path()};
    test::Database db;
    queue::Life life{paths}; ///< of a worker with two slots

    Yard() { clock_in("", 2); }

    void clock_in(const std::string& queues, int slots)
    {
        db::execute(db, "delete from workers");
        db::execute(db, "insert into workers values (?1, 4711, ?2, ?3, ?4, null)", life.name(), slots, queues,
                    now());
    }
    queue::JobId add(const queue::Order& order = {}) { return queue::add(db, Note{"words"}, order).id; }
    queue::Explanation explained(queue::JobId id)
    {
        return queue::explain(queue::facts_about(paths, db, id));
    }
    std::string_view reason(queue::JobId id) { return queue::name_of(explained(id).reason); }
};

} // namespace

TEST_CASE("facts: jobs that come first are counted in the order of the claim")
{
    Yard yard;
    const auto first = yard.add();
    const auto second = yard.add();
    yard.add({.queue = "other"});
    CHECK(queue::facts_about(yard.paths, yard.db, first).ahead == 0);
    CHECK(queue::facts_about(yard.paths, yard.db, second).ahead == 1);
    yard.add({.priority = -1});
    CHECK(queue::facts_about(yard.paths, yard.db, second).ahead == 2);
    queue::pause(yard.db, {queue::Scope::type, Note::policy.kind.data(), now(), "ann"});
    CHECK(queue::facts_about(yard.paths, yard.db, second).ahead == 0);
    CHECK(yard.reason(second) == "paused");
}

TEST_CASE("facts: which worker serves a queue, and with how many slots")
{
    Yard yard;
    const auto id = yard.add({.queue = "builds"});
    const auto slots = [&] { return queue::facts_about(yard.paths, yard.db, id).workers.at(0).slots; };
    CHECK(slots() == 2);
    yard.clock_in("default,builds:1", 2);
    CHECK(slots() == 1);
    yard.clock_in("builds", 2);
    CHECK(slots() == 2);
    yard.clock_in("buildsome", 2);
    CHECK(slots() == 0);
    CHECK(yard.reason(id) == "queue_not_served");
}

TEST_CASE("facts: a busy key, busy slots and a job that runs")
{
    Yard yard;
    const auto first = yard.add({.key = "hello"});
    const auto second = yard.add({.key = "hello"});
    REQUIRE(test::claim_next(yard.db, yard.life.name()));
    CHECK(yard.reason(first) == "running");
    CHECK(yard.explained(second).sentence.find("hello is busy with job " + std::to_string(first)) !=
          std::string::npos);
    CHECK(yard.explained(second).job == first);
    const auto third = yard.add();
    CHECK(yard.reason(third) == "next");
    yard.clock_in("", 1);
    CHECK(yard.reason(third) == "slots_busy");
}

TEST_CASE("facts: a worker is alive as long as its lock is held")
{
    Yard yard;
    const auto id = yard.add();
    db::execute(yard.db, "update workers set name = 'worker-of-another-boot'");
    CHECK(yard.explained(id).sentence.ends_with("the last one was killed"));
    db::execute(yard.db, "update workers set stopped_at = ?1", now());
    CHECK(yard.explained(id).sentence.find("the last one stopped") != std::string::npos);
    REQUIRE(test::claim_next(yard.db, "worker-of-another-boot"));
    CHECK(yard.reason(id) == "worker_died");
}

TEST_CASE("facts: what became of a job is told by its attempts")
{
    Yard yard;
    const auto id = yard.add({.max_attempts = 1});
    REQUIRE(test::end(yard.db, *test::claim_next(yard.db), test::failure()) == queue::State::dead);
    CHECK(yard.reason(id) == "dead");
    CHECK(queue::facts_about(yard.paths, yard.db, id).attempts.size() == 1);
    CHECK(yard.reason(yard.add({.run_at = now() + 60'000})) == "scheduled");
    CHECK_THROWS_AS(queue::facts_about(yard.paths, yard.db, 999), Error);
}

TEST_CASE("facts: a superseded job knows who took its place")
{
    Yard yard;
    const auto first = queue::add(yard.db, test::Again{}).id;
    const auto job = test::claim_next(yard.db);
    const auto twin = queue::add(yard.db, test::Again{}).id;
    REQUIRE(twin != first);
    REQUIRE(test::end(yard.db, *job, test::failure()) == queue::State::superseded);
    CHECK(yard.explained(first).job == twin);
}
