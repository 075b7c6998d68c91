#include "events/event_log.hpp"
#include "support/database.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("events are read in the order they were stored, from where a reader stands")
{
    test::Database db;
    const auto first =
        events::append(db, {.type = "chat.turn.started", .project = "p", .session = "s", .turn = "t"});
    events::append(db, {.type = "project.status", .project = "other"});
    const auto last =
        events::append(db, {.type = "chat.turn.ended", .project = "p", .session = "s", .turn = "t"});

    const auto all = events::read(db, {.project = "p"}, 0);
    REQUIRE(all.size() == 2);
    CHECK(all[0].seq == first);
    CHECK(all[1].seq == last);
    CHECK(events::read(db, {.session = "s"}, first).size() == 1);
    CHECK(events::read(db, {}, 0).size() == 3);
    CHECK(events::newest(db) == last);
}

TEST_CASE("a filter by type or turn leaves the others out, however many lie between")
{
    test::Database db;
    for (int number = 0; number < 30; ++number)
        events::append(db, {.type = "chat.part", .project = "p", .turn = "a"});
    events::append(db, {.type = "project.status", .project = "p", .turn = "b"});
    CHECK(events::read(db, {.project = "p", .types = {"project."}}, 0, 10).size() == 1);
    CHECK(events::read(db, {.project = "p", .turn = "b"}, 0, 10).size() == 1);
    CHECK(events::read(db, {.project = "p", .types = {"chat.part"}}, 0, 10).size() == 10);
}

TEST_CASE("the JSON of an event leaves out what it is not about")
{
    const auto json =
        events::to_json({.seq = 7, .time = 1, .fact = {.type = "project.status", .project = "p"}});
    CHECK(json.dump() ==
          R"({"seq":7,"type":"project.status","projectId":"p","sessionId":null,"time":1,"payload":{}})");
}
