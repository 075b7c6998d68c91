#include "sessions/request_store.hpp"
#include "support/conversation.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;
using sessions::RequestState;

namespace {

const sessions::SessionId session("s1");

/// A session with one turn that is under way.
struct World : test::Conversation {
    sessions::Turn turn = add_turn();

    void hear(const std::string& type, Json payload)
    {
        sessions::keep_request(*this, turn,
                               {.type = type, .agent_session = {}, .payload = std::move(payload)});
    }
    void is_asked(const std::string& id)
    {
        hear("chat.permission.requested", Json::object({{"requestId", id}, {"title", "a.txt"}}));
    }
    RequestState state_of(const std::string& id)
    {
        return sessions::require_request(*this, session, id).state;
    }
};

} // namespace

TEST_CASE("a request is open until it is answered, and over when the agent says so")
{
    World world;
    world.is_asked("per_1");
    world.is_asked("per_1"); // told again by who took the turn over
    REQUIRE(sessions::open_requests(world, session).size() == 1);
    CHECK(sessions::answers_for(world, world.turn.id).empty());

    auto request = sessions::open_requests(world, {}).front();
    CHECK(to_json(request)["title"].view() == "a.txt");
    request.reply = "reject";
    request.message = "not there";
    sessions::write_answer(world, request);
    CHECK(sessions::open_requests(world, session).empty());
    const auto replies = sessions::answers_for(world, world.turn.id);
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].reply == "reject");
    CHECK(replies[0].message == "not there");

    world.hear("chat.permission.resolved", Json::object({{"requestId", "per_1"}, {"reply", "reject"}}));
    CHECK(world.state_of("per_1") == RequestState::resolved);
    CHECK(sessions::answers_for(world, world.turn.id).empty());
}

TEST_CASE("the choices of an answer come to the agent as they were made")
{
    World world;
    world.hear("chat.question.requested", Json::object({{"requestId", "que_1"}}));
    auto request = sessions::require_request(world, session, "que");
    CHECK(request.kind == "question");
    request.reply = "choice";
    request.choices = {{"Red", "Blue"}, {"yes"}};
    sessions::write_answer(world, request);
    CHECK(sessions::answers_for(world, world.turn.id).at(0).choices == request.choices);
}

TEST_CASE("what was asked is dropped with the turn, or when the agent drops it")
{
    World world;
    world.is_asked("per_1");
    world.is_asked("per_2");
    world.hear("chat.permission.resolved", Json::object({{"requestId", "per_1"}, {"reply", "dropped"}}));
    CHECK(world.state_of("per_1") == RequestState::dropped);
    CHECK(world.state_of("per_2") == RequestState::open);
    sessions::end_turn(world, world.turn.id, {.state = sessions::TurnState::cancelled});
    CHECK(world.state_of("per_2") == RequestState::dropped);
}

TEST_CASE("a request is named by the beginning of its id, within its session")
{
    World world;
    world.is_asked("per_1");
    world.is_asked("per_2");
    CHECK(sessions::require_request(world, session, "per_2").id == "per_2");
    CHECK_THROWS_WITH_AS(sessions::require_request(world, session, "per_"),
                         doctest::Contains("more than one"), Error);
    CHECK_THROWS_WITH_AS(sessions::require_request(world, session, "que"),
                         doctest::Contains("nothing called"), Error);
    CHECK_THROWS_AS(sessions::require_request(world, sessions::SessionId("other"), "per_1"), Error);
}

TEST_CASE("what an agent asks again in a later turn is that turn's, and open")
{
    World world;
    world.is_asked("per_1");
    sessions::end_turn(world, world.turn.id, {.state = sessions::TurnState::cancelled});
    CHECK(world.state_of("per_1") == RequestState::dropped);

    world.turn = world.add_turn("t2");
    world.is_asked("per_1");
    const auto open = sessions::open_requests(world, session);
    REQUIRE(open.size() == 1);
    CHECK(open[0].turn == world.turn.id);
    CHECK_FALSE(open[0].ended_at);
}
