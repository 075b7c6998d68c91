#include "app/app.hpp"
#include "sessions/idle.hpp"
#include "support/conversation.hpp"
#include "util/files.hpp"
#include "util/presence.hpp"

#include <doctest/doctest.h>

namespace skerry::idle_test {

constexpr Time minute = 60'000;

/// A project that runs and that nothing has happened in for an hour.
struct World : test::Conversation {
    TemporaryFolder folder;
    App app{Paths(folder.path()), {}};
    queue::Feeder feeder = sessions::idle_stopper();
    Time last = now() - 60 * minute;

    World()
    {
        app.settings.idle_stop = "30m";
        db::execute(*this, "update projects set updated_at = ?1", last);
    }

    void feed()
    {
        db::Transaction transaction(*this);
        feeder.feed(app, *this, now());
        transaction.commit();
    }
    /// Whether the project is about to be stopped, by one job.
    bool stops()
    {
        feed();
        db::Query jobs(*this, "select count(*) from jobs");
        jobs.next();
        const bool stopping = projects::find(*this, project)->status == projects::Status::stopping;
        CHECK(jobs.number(0) == (stopping ? 1 : 0));
        return stopping;
    }
};

TEST_CASE("a project in which nothing happened is stopped once, when its time has come")
{
    World world;
    CHECK(world.feeder.next(world.app, world) == world.last + 30 * minute);
    CHECK(world.stops());
    CHECK(world.stops());
    CHECK_FALSE(world.feeder.next(world.app, world));
}

TEST_CASE("a project that was used lately runs on, and all do when the setting is off")
{
    World world;
    world.app.settings.idle_stop = "61m";
    CHECK(world.feeder.next(world.app, world) == world.last + 61 * minute);
    CHECK_FALSE(world.stops());
    world.app.settings.idle_stop = "off";
    CHECK_FALSE(world.feeder.next(world.app, world));
    CHECK_FALSE(world.stops());
}

TEST_CASE("a project is not stopped under somebody's eyes")
{
    World world;
    {
        const Presence presence(world.app.paths.followers(world.project.value));
        CHECK_FALSE(world.stops());
        CHECK(world.feeder.next(world.app, world).value() > now());
    }
    CHECK(world.stops());
}

TEST_CASE("a prompt that waits keeps its project, and the end of a turn is the last that happened")
{
    World world;
    const auto turn = world.add_turn();
    CHECK_FALSE(world.stops());
    CHECK_FALSE(world.feeder.next(world.app, world));
    sessions::end_turn(world, turn.id, {.state = sessions::TurnState::completed});
    CHECK_FALSE(world.stops());
    CHECK(world.feeder.next(world.app, world).value() > now() + 29 * minute);
    db::execute(world, "update turns set ended_at = ?1", world.last + minute);
    CHECK(world.feeder.next(world.app, world) == world.last + 31 * minute);
    CHECK(world.stops());
}

} // namespace skerry::idle_test
