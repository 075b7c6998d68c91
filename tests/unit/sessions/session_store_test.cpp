#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_store.hpp"
#include "support/conversation.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using sessions::TurnState;

namespace {

struct World : test::Database {
    World()
    {
        projects::Project project;
        project.id = projects::ProjectId("p1");
        project.slug = project.name = "hello";
        project.runtime = "sandbox";
        project.model = "demo/scripted";
        project.template_name = "static";
        project.path = "/srv/hello";
        projects::insert(*this, project);
    }

    void add_session(const std::string& id, Time created_at)
    {
        sessions::insert(*this, sessions::Session{.id = sessions::SessionId(id),
                                                  .project = projects::ProjectId("p1"),
                                                  .agent_session = {},
                                                  .title = id,
                                                  .model = "demo/scripted",
                                                  .created_at = created_at,
                                                  .updated_at = 0});
    }

    sessions::TurnId add_turn(const std::string& id)
    {
        sessions::Turn turn;
        turn.id = sessions::TurnId(id);
        turn.session = sessions::SessionId("s1");
        turn.project = projects::ProjectId("p1");
        turn.prompt = "do it";
        turn.model = "demo/scripted";
        sessions::insert(*this, turn);
        return turn.id;
    }
};

} // namespace

TEST_CASE("a project stands for its newest session")
{
    World db;
    CHECK_THROWS_WITH_AS(sessions::require(db, "hello"), doctest::Contains("has no session yet"), Error);
    db.add_session("s1", 1);
    db.add_session("s2", 2);
    CHECK(sessions::require(db, "hello").id.value == "s2");
    CHECK(sessions::require(db, "s1").id.value == "s1");
    CHECK_THROWS_WITH_AS(sessions::require(db, "s"), doctest::Contains("more than one"), Error);
    CHECK_THROWS_WITH_AS(sessions::require(db, "x"), doctest::Contains("no session or project 'x'"), Error);
}

TEST_CASE("the name of a message is never changed once it is written")
{
    World db;
    db.add_session("s1", 1);
    const auto turn = db.add_turn("t1");
    sessions::set_message(db, turn, "msg_1");
    sessions::set_message(db, turn, "msg_2");
    CHECK(sessions::find_turn(db, turn)->message == "msg_1");
}

TEST_CASE("the first event of a turn is the first one that is told of it")
{
    World db;
    db.add_session("s1", 1);
    for (const std::string id : {"t1", "t2"}) {
        const auto turn = db.add_turn(id);
        const auto first = events::append(db, {.type = "chat.diagnostic", .session = "s1", .turn = id});
        if (id == "t2") sessions::set_turn_state(db, turn, TurnState::sent);
        sessions::end_turn(db, turn, {.state = TurnState::failed});
        CHECK(sessions::find_turn(db, turn)->seq_from == first);
    }
}

TEST_CASE("a turn starts once and ends once, and both are told")
{
    World db;
    db.add_session("s1", 1);
    const auto turn = db.add_turn("t1");
    CHECK(sessions::live_turns(db, projects::ProjectId("p1")).size() == 1);
    sessions::set_turn_state(db, turn, TurnState::sent);
    sessions::set_turn_state(db, turn, TurnState::running);
    sessions::end_turn(db, turn,
                       {.state = TurnState::completed, .tokens_output = 7, .files_changed = {"index.html"}});
    sessions::end_turn(db, turn, {.state = TurnState::failed, .error = "too late"});
    sessions::set_turn_state(db, turn, TurnState::running);

    const auto ended = *sessions::find_turn(db, turn);
    CHECK(ended.state == TurnState::completed);
    CHECK(ended.files_changed == std::vector<std::string>{"index.html"});
    CHECK(ended.sent_at);
    CHECK(sessions::live_turns(db, projects::ProjectId("p1")).empty());
    const auto told = events::read(db, {.session = "s1"}, 0);
    REQUIRE(told.size() == 2);
    CHECK(told[0].fact.type == "chat.turn.started");
    CHECK(told[1].fact.payload["tokens"]["output"].number() == 7);
}

TEST_CASE("the events of a turn begin with the first that was told of it")
{
    test::Conversation db;
    db.add_turn("t1");
    sessions::set_turn_state(db, sessions::TurnId("t1"), TurnState::running);
    sessions::end_turn(db, sessions::TurnId("t1"), {});

    const auto turn = db.add_turn("t2").id;
    const auto first = db.hear(turn, "chat.session.status", api::Json::object({{"status", "busy"}}));
    sessions::set_turn_state(db, turn, TurnState::running);
    CHECK(sessions::find_turn(db, turn)->seq_from == first);
    CHECK(sessions::find_turn(db, turn)->seq_from > sessions::find_turn(db, sessions::TurnId("t1"))->seq_to);
}
