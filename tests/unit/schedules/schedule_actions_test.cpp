#include "queue/queue.hpp"
#include "schedules/schedule_actions.hpp"
#include "schedules/schedule_store.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <filesystem>

namespace skerry::schedule_actions_test {

using schedules::AddSchedule;

struct World {
    test::Database db{};
    App app{.paths = Paths("/nonexistent/data"), .settings = {}};
    api::Context context{app, db};

    schedules::Answer add(const std::string& name, const std::string& cron = "0 3 * * *")
    {
        return schedules::add_schedule(context, input(name, cron));
    }
    static AddSchedule input(const std::string& name, const std::string& cron)
    {
        AddSchedule given;
        given.name = name;
        given.cron = cron;
        given.timezone = "Europe/Berlin";
        given.command = {"echo", "--all", ""};
        return given;
    }
    std::string refusal(const AddSchedule& input)
    {
        try {
            schedules::add_schedule(context, input);
        } catch (const Error& error) {
            CHECK(error.code() == Code::bad_request);
            REQUIRE_FALSE(error.fields().empty());
            CHECK_FALSE(error.hint().empty());
            return error.fields()[0].field;
        }
        return "";
    }
};

TEST_CASE("a schedule is added with its next slot and the command as it was given")
{
    World world;
    auto input = World::input("nightly", " 0 3 * * * ");
    input.retries = 2;
    input.timeout = "90s";
    input.key = "backup";
    input.env = {"STAGE=a,b"};
    const auto added = schedules::add_schedule(world.context, input).schedule;
    CHECK(added.next_at > now());
    CHECK(added.cron == "0 3 * * *");
    const auto json = to_json(added);
    CHECK(json["job"]["type"].view() == "exec");
    CHECK(json["job"]["args"]["command"].dump() == R"(["echo","--all",""])");
    CHECK(json["job"]["args"]["folder"].view() == std::filesystem::current_path().string());
    CHECK(json["job"]["args"]["environment"].dump() == R"(["STAGE=a,b"])");
    CHECK(json["job"]["maxAttempts"].number() == 3);
    CHECK(json["job"]["timeout"].number() == 90'000);
    CHECK(json["job"]["key"].view() == "backup");
    CHECK(json["missed"].view() == "once");
    CHECK(json["lastJobId"].is_null());
}

TEST_CASE("wrong input of a schedule names its field, and nothing is added")
{
    World world;
    auto input = World::input("x", "61 * * * *");
    CHECK(world.refusal(input) == "cron");
    input = World::input("x", "0 0 31 2 *");
    CHECK(world.refusal(input) == "cron");
    input = World::input("x", "@daily");
    input.timezone = "Moon/Base";
    CHECK(world.refusal(input) == "timezone");
    input = World::input("x y", "@daily");
    CHECK(world.refusal(input) == "name");
    input = World::input("-x", "@daily");
    CHECK(world.refusal(input) == "name");
    input = World::input("x", "@daily");
    input.cwd = "/nonexistent";
    CHECK(world.refusal(input) == "cwd");
    input = World::input("x", "@daily");
    input.env = {"=1"};
    CHECK(world.refusal(input) == "env");
    input = World::input("x", "@daily");
    input.timeout = "0";
    CHECK(world.refusal(input) == "timeout");
    input = World::input("x", "@daily");
    input.command = {};
    CHECK(world.refusal(input) == "command");
    CHECK(schedules::list(world.db).empty());
}

TEST_CASE("a name is taken once, and free again after deleting")
{
    World world;
    world.add("a");
    try {
        world.add("a");
        FAIL("added twice");
    } catch (const Error& error) {
        CHECK(error.code() == Code::conflict);
        CHECK(error.hint() == "skerry schedules delete a");
    }
    schedules::delete_schedule(world.context, {"a"});
    CHECK_NOTHROW(world.add("a"));
    CHECK_THROWS_WITH_AS(schedules::delete_schedule(world.context, {"b"}), doctest::Contains("'b'"), Error);
}

TEST_CASE("what is resumed goes on with the next slot to come")
{
    World world;
    world.add("a");
    schedules::set_next(world.db, "a", 1000);
    const auto paused = schedules::pause_schedule(world.context, {"a"});
    CHECK(to_json(paused)["nextAt"].is_null());
    CHECK_FALSE(to_json(paused)["pausedAt"].is_null());
    const auto resumed = schedules::resume_schedule(world.context, {"a"}).schedule;
    CHECK(resumed.next_at > now());
    CHECK_FALSE(resumed.paused_at);
    // Resuming what runs changes nothing.
    schedules::set_next(world.db, "a", 1000);
    CHECK(schedules::resume_schedule(world.context, {"a"}).schedule.next_at == 1000);
}

TEST_CASE("run now adds a job at once, also when paused")
{
    World world;
    world.add("a");
    schedules::pause_schedule(world.context, {"a"});
    const auto answer = schedules::run_schedule_now(world.context, {"a"});
    REQUIRE(answer.job);
    CHECK(queue::require(world.db, *answer.job).state == queue::State::ready);
    CHECK(answer.schedule.last_job == answer.job);
    CHECK(to_json(answer)["jobId"].number() == *answer.job);
    CHECK(answer.schedule.paused_at);
}

} // namespace skerry::schedule_actions_test
