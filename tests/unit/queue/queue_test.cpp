#include "queue/life.hpp"
#include "queue/queue.hpp"
#include "queue/take_over.hpp"
#include "support/jobs.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

namespace skerry::queue_test {

using queue::Cancelled;
using queue::State;
using test::claim_next;
using test::Note;

namespace {

struct Data {
    TemporaryFolder folder;
    Paths paths{folder.path()};
    test::Database db;

    queue::JobId add(const std::string& text, const queue::Order& order = {})
    {
        return queue::add(db, Note{text}, order).id;
    }
    State state(queue::JobId id) { return queue::require(db, id).state; }
    Cancelled cancel(queue::JobId id) { return queue::cancel(paths, db, test::note_kinds, id); }
};

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a waiting job is cancelled at once, with all that was to follow")
{
    Data data;
    const auto id = data.add("a", {.follow_ups = {queue::follow_up(Note{"b"})}});
    CHECK(data.cancel(id) == Cancelled::now);
    CHECK(data.state(id) == State::cancelled);
    CHECK(test::told(data.db, "abandoned") == Texts{"a", "b"});
    CHECK_FALSE(claim_next(data.db));
    CHECK(data.cancel(id) == Cancelled::before);
    CHECK(test::told(data.db, "abandoned").size() == 2);
    CHECK_THROWS_AS(data.cancel(99), Error);
}

TEST_CASE("scheduled jobs and such that wait for another attempt are cancelled at once")
{
    Data data;
    const auto scheduled = data.add("a", {.run_at = now() + 60'000});
    const auto failed = data.add("b");
    test::end(data.db, claim_next(data.db).value(), test::failure());
    for (const auto id : {scheduled, failed}) {
        CHECK(data.cancel(id) == Cancelled::now);
        CHECK(data.state(id) == State::cancelled);
    }
}

TEST_CASE("a running job is asked to stop; the time of the first asking is kept")
{
    Data data;
    const queue::Life life(data.paths);
    const auto id = data.add("a");
    const auto job = claim_next(data.db, life.name()).value();
    CHECK(data.cancel(id) == Cancelled::asked);
    CHECK(data.state(id) == State::running);
    const auto time = queue::require(data.db, id).cancel_at;
    REQUIRE(time);
    CHECK(data.cancel(id) == Cancelled::asked);
    CHECK(queue::require(data.db, id).cancel_at == time);
    CHECK(test::told(data.db, "abandoned").empty());
}

TEST_CASE("a job that was asked to stop is no twin any more")
{
    Data data;
    const queue::Life life(data.paths);
    const auto first = queue::add(data.db, test::Once(), {.key = "p"}).id;
    const auto job = claim_next(data.db, life.name()).value();
    data.cancel(first);
    const auto second = queue::add(data.db, test::Once(), {.key = "p"});
    CHECK_FALSE(second.deduplicated);
    CHECK(queue::add(data.db, test::Once()).id == second.id);
    test::end(data.db, job, {queue::Way::cancelled});
    CHECK(claim_next(data.db)->id == second.id);
}

TEST_CASE("a job whose worker is dead is cancelled at once")
{
    Data data;
    const auto id = data.add("a");
    claim_next(data.db, "worker-dead");
    CHECK(data.cancel(id) == Cancelled::now);
    CHECK(data.state(id) == State::cancelled);
    CHECK(test::told(data.db, "abandoned") == Texts{"a"});
}

TEST_CASE("all live jobs of a key are cancelled, those of others are not")
{
    Data data;
    const auto running = data.add("a", {.key = "p"});
    claim_next(data.db);
    const auto waiting = data.add("b", {.key = "p"});
    const auto other = data.add("c", {.key = "q"});
    queue::cancel_all(data.db, test::note_kinds, "p");
    CHECK(data.state(running) == State::running);
    CHECK(queue::require(data.db, running).cancel_at);
    CHECK(data.state(waiting) == State::cancelled);
    CHECK(data.state(other) == State::ready);
}

TEST_CASE("a job that ended badly is performed again by hand, with its attempts anew and its history kept")
{
    Data data;
    const auto id = data.add("a");
    const auto job = claim_next(data.db).value();
    CHECK_THROWS_AS(queue::retry(data.paths, data.db, id), Error);
    test::end(data.db, job, {queue::Way::discarded, Error(Code::not_found, "gone")});
    queue::retry(data.paths, data.db, id);
    const auto again = claim_next(data.db).value();
    CHECK(again.id == id);
    CHECK(again.attempt == 1);
    CHECK(again.lease > job.lease);
    CHECK_FALSE(again.error);
    CHECK(queue::attempts_of(data.db, id).size() == 2);
    CHECK_THROWS_AS(queue::retry(data.paths, data.db, 99), Error);
}

TEST_CASE("nothing is performed again by hand while its twin is alive")
{
    Data data;
    const auto first = queue::add(data.db, test::Once()).id;
    data.cancel(first);
    queue::add(data.db, test::Once());
    CHECK_THROWS_WITH_AS(queue::retry(data.paths, data.db, first), doctest::Contains("twin"), Error);
}

TEST_CASE("a job that waits for its time is made ready by hand")
{
    Data data;
    const auto id = data.add("a", {.run_at = now() + 60'000});
    queue::run_now(data.paths, data.db, id);
    CHECK(claim_next(data.db)->id == id);
    CHECK_THROWS_AS(queue::run_now(data.paths, data.db, id), Error);
}

TEST_CASE("a worker lives as long as its lock is held")
{
    Data data;
    CHECK_FALSE(queue::worker_is_alive(data.paths));
    std::string name;
    {
        const queue::Life life(data.paths);
        const queue::Life other(data.paths);
        name = life.name();
        CHECK(queue::is_alive(data.paths, name));
        CHECK(queue::worker_is_alive(data.paths));
        CHECK(name != other.name());
    }
    CHECK_FALSE(queue::is_alive(data.paths, name));
    CHECK_FALSE(queue::worker_is_alive(data.paths));
    CHECK_FALSE(queue::is_alive(data.paths, "worker-otherboot-1-abc"));
    CHECK_FALSE(queue::is_alive(data.paths, "../" + name));
}

TEST_CASE("a lock file that a dead worker left is removed by the next one")
{
    Data data;
    make_private_folder(data.paths.running());
    const auto left = data.paths.running() / "worker-x-1-y.lock";
    write_file(left, "");
    const queue::Life life(data.paths);
    CHECK_FALSE(std::filesystem::exists(left));
}

TEST_CASE("jobs of dead workers are taken over, jobs of living ones are not")
{
    Data data;
    const queue::Life life(data.paths);
    const queue::Life self(data.paths);
    const auto dead = data.add("dead", {.run_at = 5});
    claim_next(data.db, "worker-dead");
    const auto living = data.add("living");
    claim_next(data.db, life.name());
    const auto own = data.add("own");
    claim_next(data.db, self.name());

    CHECK(queue::take_over(data.paths, data.db, test::note_kinds, self.name()) == 1);
    const auto job = queue::require(data.db, dead);
    CHECK(job.state == State::retry);
    CHECK(job.crashes == 1);
    CHECK_MESSAGE(job.run_at == 5, "it keeps its place in line");
    CHECK(job.error == "its worker died while performing it (once)");
    CHECK(data.state(living) == State::running);
    CHECK(data.state(own) == State::running);
    CHECK(queue::take_over(data.paths, data.db, test::note_kinds, self.name()) == 0);
    CHECK(claim_next(data.db)->id == dead);
}

TEST_CASE("a job that kills its workers is dead in the end, and abandoned")
{
    Data data;
    const auto id = data.add("a");
    for (int count = 0; count < 3; ++count) {
        REQUIRE(claim_next(data.db, "worker-dead"));
        queue::take_over(data.paths, data.db, test::note_kinds, "self");
    }
    CHECK(data.state(id) == State::dead);
    CHECK(queue::require(data.db, id).error == "its worker died while performing it (3 times)");
    CHECK(test::told(data.db, "abandoned") == Texts{"a"});
}

TEST_CASE("a living worker that does not renew its lease loses the job, charged as out of time")
{
    Data data;
    const queue::Life life(data.paths);
    const auto id = data.add("a");
    const auto job = claim_next(data.db, life.name()).value();
    CHECK(queue::take_over(data.paths, data.db, test::note_kinds, "self") == 0);
    db::execute(data.db, "update jobs set lease_until = 1");
    CHECK(queue::take_over(data.paths, data.db, test::note_kinds, life.name()) == 0);
    CHECK(queue::take_over(data.paths, data.db, test::note_kinds, "self") == 1);
    CHECK(data.state(id) == State::retry);
    CHECK(queue::require(data.db, id).attempt == 1);
    CHECK(queue::attempts_of(data.db, id).at(0).outcome == "timeout");
    CHECK_FALSE(test::end(data.db, job, {}));
}

} // namespace skerry::queue_test
