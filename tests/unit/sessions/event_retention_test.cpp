#include "app/app.hpp"
#include "sessions/event_retention.hpp"
#include "support/conversation.hpp"

#include <doctest/doctest.h>

namespace skerry::event_retention_test {

constexpr Time hour = 3'600'000;
constexpr Time day = 24 * hour;

struct World : test::Conversation {
    App app{.paths = Paths("/nonexistent"), .settings = {}};
    queue::Feeder feeder = sessions::event_retention();
    sessions::TurnId turn = add_turn().id;

    World() { db::execute(*this, "delete from events"); }
    void hear_at(Time time) { hear_at(time, turn); }
    void hear_at(Time time, const sessions::TurnId& of)
    {
        const auto seq = hear(of, "chat.diagnostic", {});
        db::execute(*this, "update events set time = ?2 where seq = ?1", seq, time);
    }
    std::vector<Time> kept()
    {
        std::vector<Time> times;
        for (const auto& event : events::read(*this, {}, 0)) times.push_back(event.time);
        return times;
    }
};

using Times = std::vector<Time>;

TEST_CASE("events are kept for ever unless the settings or their project say how long")
{
    World world;
    world.hear_at(day);
    world.hear_at(2 * day);
    CHECK_FALSE(world.feeder.next(world.app, world));
    world.app.settings.keep_events = "7d";
    CHECK(world.feeder.next(world.app, world) == 8 * day + hour);
    projects::set_keep_events(world, world.project, "forever");
    CHECK_FALSE(world.feeder.next(world.app, world));
    projects::set_keep_events(world, world.project, "1d");
    CHECK(world.feeder.next(world.app, world) == 2 * day + hour);
    projects::set_keep_events(world, world.project, std::nullopt);
    CHECK(world.feeder.next(world.app, world) == 8 * day + hour);
}

TEST_CASE("what is too old goes, an hour's worth at a time")
{
    World world;
    world.app.settings.keep_events = "1d";
    for (const Time time : {day, day + hour / 2, day + hour, 3 * day}) world.hear_at(time);
    world.feeder.feed(world.app, world, 2 * day + hour - 1);
    CHECK(world.kept().size() == 4);
    world.feeder.feed(world.app, world, 2 * day + hour);
    CHECK(world.kept() == Times{day + hour, 3 * day});
    CHECK(world.feeder.next(world.app, world) == 2 * day + 2 * hour);
}

TEST_CASE("the events of a turn that is under way stay")
{
    World world;
    world.app.settings.keep_events = "1d";
    world.hear_at(day, world.add_turn("another").id);
    sessions::set_turn_state(world, world.turn, sessions::TurnState::running);
    world.hear_at(day);
    world.feeder.feed(world.app, world, 30 * day);
    CHECK(world.kept().size() == 2);
    CHECK_FALSE(world.feeder.next(world.app, world));
}

} // namespace skerry::event_retention_test
