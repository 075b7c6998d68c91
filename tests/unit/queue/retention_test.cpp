#include "queue/job_store.hpp"
#include "queue/retention.hpp"
#include "support/database.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"

#include <doctest/doctest.h>
#include <filesystem>

namespace skerry::retention_test {

namespace fs = std::filesystem;
using queue::KeepRule;
using queue::Retention;
using queue::State;

constexpr Time hour = 3'600'000;
constexpr Time now_ = 1'000'000 * hour;

struct World {
    test::Database db{};
    fs::path folder = fs::temp_directory_path() / ("skerry-retention-" + random_id());
    Paths paths{folder};

    World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() { fs::remove_all(folder); }

    std::int64_t add(State state, Time age, const std::string& kind = "a", std::int64_t parent = 0)
    {
        db::Query row(db,
                      "insert into jobs(kind, state, run_at, created_at, finished_at, parent_id)"
                      " values (?1, ?2, 0, 0, ?3, nullif(?4, 0)) returning id",
                      kind, state, state >= State::succeeded ? std::optional(now_ - age) : std::nullopt,
                      parent);
        row.next();
        const auto id = row.number(0);
        row.run();
        db::execute(db,
                    "insert into attempts(job_id, lease, worker, started_at, ended_at, outcome)"
                    " values (?1, 1, 'w', 0, 0, 'succeeded')",
                    id);
        return id;
    }
    std::int64_t count(const std::string& table = "jobs", const std::string& where = "1")
    {
        db::Query row(db, "select count(*) from " + table + " where " + where);
        row.next();
        return row.number(0);
    }
    std::map<State, std::int64_t> sweep(std::vector<KeepRule> rules, bool removes = true)
    {
        Retention retention(paths, std::move(rules), removes);
        for (int steps = 0; !retention.is_done(); ++steps) {
            REQUIRE(steps < 10'000);
            CHECK(retention.step(db, now_) <= 500);
        }
        return retention.removed();
    }
};

const std::vector<KeepRule> usual = queue::keep_rules(Settings{});

TEST_CASE("finished jobs are kept for as long as their state says")
{
    World world;
    const auto old_cancelled = world.add(State::cancelled, 25 * hour);
    const auto old_superseded = world.add(State::superseded, 25 * hour);
    const auto young = world.add(State::cancelled, 23 * hour);
    const auto waiting = world.add(State::ready, 0);
    world.add(State::succeeded, 0);
    const auto removed = world.sweep(usual);
    CHECK(removed.at(State::cancelled) == 1);
    CHECK(removed.at(State::superseded) == 1);
    CHECK_FALSE(queue::find(world.db, old_cancelled));
    CHECK_FALSE(queue::find(world.db, old_superseded));
    CHECK(queue::find(world.db, young));
    CHECK(queue::find(world.db, waiting));
    CHECK(world.count("attempts") == 3);
}

TEST_CASE("of what succeeded the young are kept, and the last of each type however old")
{
    World world;
    world.db.run("begin");
    for (int i = 0; i < 1500; ++i) world.add(State::succeeded, 48 * hour + i, "often");
    for (int i = 0; i < 30; ++i) world.add(State::succeeded, 200 * hour, "seldom");
    world.add(State::ready, 0);
    world.db.run("commit");
    CHECK(world.sweep(usual).at(State::succeeded) == 500);
    CHECK(world.count("jobs", "kind = 'often'") == 1000);
    CHECK(world.count("jobs", "kind = 'seldom'") == 30);
    CHECK(world.count("jobs", "kind = 'often' and finished_at < " + std::to_string(now_ - 48 * hour - 999)) ==
          0);

    world.db.run("begin");
    for (int i = 0; i < 2000; ++i) world.add(State::succeeded, hour, "often");
    world.add(State::ready, 0);
    world.db.run("commit");
    CHECK(world.sweep(usual).at(State::succeeded) == 1000); // the old ones are not among the last any more
    CHECK(world.count("jobs", "kind = 'often'") == 2000);
    CHECK(world.sweep(usual).empty());
}

TEST_CASE("of what failed 50 are always kept")
{
    World world;
    for (int i = 0; i < 80; ++i) world.add(State::dead, 1000 * hour + i, i % 2 == 0 ? "a" : "b");
    world.add(State::ready, 0);
    CHECK(world.sweep(usual).at(State::dead) == 30);
    CHECK(world.count("jobs", "state = 7") == 50);
    world.add(State::dead, 13 * 24 * hour);
    world.add(State::ready, 0);
    CHECK(world.sweep(usual).at(State::dead) == 1); // the oldest of the 50
}

TEST_CASE("a step removes 500 at most, and a walk ends")
{
    World world;
    world.db.run("begin");
    for (int i = 0; i < 1700; ++i) world.add(State::cancelled, 100 * hour);
    world.add(State::ready, 0);
    world.db.run("commit");
    Retention retention(world.paths, usual);
    std::vector<int> steps;
    while (!retention.is_done())
        if (const auto count = retention.step(world.db, now_); count > 0) steps.push_back(count);
    CHECK(steps == std::vector<int>{500, 500, 500, 200});
}

TEST_CASE("the highest number is never free again")
{
    World world;
    world.add(State::cancelled, 100 * hour);
    const auto highest = world.add(State::cancelled, 100 * hour);
    CHECK(world.sweep(usual).at(State::cancelled) == 1);
    CHECK(queue::find(world.db, highest));
    CHECK(world.add(State::ready, 0) == highest + 1);
    CHECK(world.sweep(usual).at(State::cancelled) == 1);
}

TEST_CASE("a job on which a live one has followed stays, with all between them")
{
    World world;
    const auto first = world.add(State::cancelled, 100 * hour);
    const auto second = world.add(State::cancelled, 90 * hour, "a", first);
    const auto last = world.add(State::ready, 0, "a", second);
    world.add(State::ready, 0);
    CHECK(world.sweep(usual).empty());
    db::execute(world.db, "update jobs set state = 5, finished_at = ?2 where id = ?1", last, now_);
    CHECK(world.sweep(usual).at(State::cancelled) == 2);
    CHECK_FALSE(queue::find(world.db, first));
}

TEST_CASE("counting without removing gives what removing gives")
{
    World world;
    for (int i = 0; i < 20; ++i) world.add(State::cancelled, 100 * hour);
    for (int i = 0; i < 60; ++i) world.add(State::dead, 1000 * hour);
    world.add(State::ready, 0);
    const auto before = world.count();
    const auto counted = world.sweep(usual, false);
    CHECK(world.count() == before);
    CHECK(world.sweep(usual) == counted);
}

TEST_CASE("the logs go with the jobs, and those of jobs that are gone")
{
    World world;
    fs::create_directories(world.folder / "jobs");
    const auto old = world.add(State::cancelled, 100 * hour);
    const auto kept = world.add(State::ready, 0);
    for (const auto id : {old, kept, kept + 10}) write_file(world.paths.job_log(id), "line\n");
    write_file(world.paths.job_log(old).string() + ".1", "line\n");
    write_file(world.folder / "jobs" / "notes.txt", "mine\n");
    world.sweep(usual);
    CHECK_FALSE(fs::exists(world.paths.job_log(old)));
    CHECK_FALSE(fs::exists(world.paths.job_log(old).string() + ".1"));
    CHECK(fs::exists(world.paths.job_log(kept)));
    CHECK(queue::remove_orphaned_logs(world.paths, world.db) == 1);
    CHECK_FALSE(fs::exists(world.paths.job_log(kept + 10)));
    CHECK(fs::exists(world.folder / "jobs" / "notes.txt"));
    CHECK(fs::exists(world.paths.job_log(kept)));
}

TEST_CASE("how long jobs are kept comes from the settings")
{
    Settings settings;
    settings.keep_failed = "1d";
    settings.keep_last_failed = 3;
    const auto rules = queue::keep_rules(settings);
    REQUIRE(rules.size() == 4);
    CHECK(rules[3].state == State::dead);
    CHECK(rules[3].keep_for == 24 * hour);
    CHECK(rules[3].keep_last == 3);
    CHECK(rules[0].keep_last == 1000);
    settings.keep_cancelled = "soon";
    CHECK_THROWS_WITH_AS(queue::keep_rules(settings), doctest::Contains("keepCancelled"), Error);
}

TEST_CASE("only finished states can be pruned")
{
    CHECK(queue::finished_states("").size() == 4);
    CHECK(queue::finished_states("failed") == std::vector{State::dead});
    CHECK(queue::finished_states("dead") == std::vector{State::dead});
    CHECK_THROWS_AS(queue::finished_states("running"), Error);
}

} // namespace skerry::retention_test
