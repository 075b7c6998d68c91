#include "events/event_log.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;

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

TEST_CASE("a stored fact comes back whole")
{
    test::Database db;
    const auto before = now();
    const auto payload = Json::parse(R"({"text":"é\n\u0000","list":[1,2.5,null,true]})");
    const auto seq = events::append(
        db, {.type = "job.state", .project = "p", .session = "s", .turn = "t", .job = 9, .payload = payload});
    const auto all = events::read(db, {}, 0);
    REQUIRE(all.size() == 1);
    CHECK(all[0].seq == seq);
    CHECK(all[0].time >= before);
    const auto& fact = all[0].fact;
    CHECK(fact.type == "job.state");
    CHECK(fact.project == "p");
    CHECK(fact.session == "s");
    CHECK(fact.turn == "t");
    CHECK(fact.job == 9);
    CHECK(fact.payload == payload);
    const auto json = events::to_json(all[0]);
    CHECK(json["turnId"].text() == "t");
    CHECK(json["jobId"].number() == 9);
    CHECK(json["payload"] == payload);
}

TEST_CASE("whatever an agent may send can be stored and read again")
{
    test::Database db;
    const std::string deepest = std::string(100, '[') + std::string(100, ']');
    events::append(db,
                   {.type = "chat.event.unknown", .payload = Json::object({{"raw", Json::parse(deepest)}})});
    events::append(db, {.type = "chat.part", .payload = Json::object({{"delta", "\xFF\xED\xA0\x80"}})});
    events::append(db,
                   {.type = "chat.part", .payload = Json::object({{"delta", std::string(3'000'000, 'x')}})});
    const auto all = events::read(db, {}, 0);
    REQUIRE(all.size() == 3);
    CHECK(all[0].fact.payload["raw"].dump() == deepest);
    CHECK(all[2].fact.payload["delta"].view().size() == 3'000'000);
}

TEST_CASE("a fact is stored with the transaction that it belongs to, or not at all")
{
    test::Database db;
    events::append(db, {.type = "kept"});
    {
        const db::Transaction transaction(db);
        events::append(db, {.type = "dropped"});
        CHECK(events::newest(db) == 2);
    }
    CHECK(events::newest(db) == 1);
    const auto next = events::append(db, {.type = "kept"});
    CHECK(events::read(db, {}, 1).at(0).seq == next);
}

TEST_CASE("a reader gets at most what it asked for, and nothing twice when it goes on")
{
    test::Database db;
    CHECK(events::newest(db) == 0);
    CHECK(events::read(db, {}, 0).empty());
    for (int number = 0; number < 100; ++number)
        events::append(db, {.type = number % 3 == 0 ? "chat.a" : "chat.b", .session = "s"});
    CHECK(events::read(db, {}, 0, 0).empty());
    CHECK(events::read(db, {}, 0, -1).empty());
    CHECK(events::read(db, {}, 1000).empty());
    CHECK(events::read(db, {}, -1, 1).at(0).seq == 1);

    std::size_t seen = 0;
    std::int64_t after = 0;
    for (;;) {
        const auto part = events::read(db, {.session = "s", .types = {"chat.a"}}, after, 7);
        for (const auto& event : part) {
            CHECK(event.seq > after);
            CHECK(event.fact.type == "chat.a");
            after = event.seq;
        }
        CHECK(part.size() <= 7);
        seen += part.size();
        if (part.empty()) break;
    }
    CHECK(seen == 34);
}

TEST_CASE("a type is wanted by its whole name or by a beginning with a dot")
{
    test::Database db;
    events::append(db, {.type = "chat.tool.start", .project = "p", .session = "s"});
    events::append(db, {.type = "chat.tools", .project = "q", .session = "s"});
    const auto count = [&](std::vector<std::string> types) {
        return events::read(db, {.session = "s", .types = std::move(types)}, 0).size();
    };
    CHECK(count({"chat."}) == 2);
    CHECK(count({"chat.tool."}) == 1);
    CHECK(count({"chat.tool"}) == 0);
    CHECK(count({"chat.tools"}) == 1);
    CHECK(count({"", "project."}) == 0);
    CHECK(count({"chat.tools", "chat.tool.start"}) == 2);
    CHECK(events::read(db, {.project = "p", .session = "s"}, 0).size() == 1);
    CHECK(events::read(db, {.project = "' or 1 = 1 --"}, 0).empty());
}

TEST_CASE("a payload that was damaged in the file is an Error")
{
    test::Database db;
    db.run("insert into events(type, time, payload) values ('chat.part', 1, '{')");
    CHECK_THROWS_AS(events::read(db, {}, 0), Error);
    CHECK(events::read(db, {.types = {"project."}}, 0).empty());
}
