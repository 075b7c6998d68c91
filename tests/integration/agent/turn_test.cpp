#include "agent/turn.hpp"
#include "followed_turn.hpp"
#include "support/running_agent.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <atomic>
#include <doctest/doctest.h>

using namespace skerry;
using namespace std::chrono_literals;
using agent::Event;
using agent::Outcome;
using agent::Progress;
using test::RunningAgent;
using test::shared_agent;
using Turn = test::FollowedTurn;
using Kind = Outcome::Kind;

namespace {

/// One agent for the tests that kill it.
RunningAgent& mortal_agent()
{
    static RunningAgent agent;
    if (!agent.alive()) agent.start();
    return agent;
}

bool is_text(const Event& event)
{
    return event.type == "chat.message.part.added";
}

} // namespace

TEST_CASE("a plain turn is sent, runs and completes, and its text arrives in order")
{
    auto& agent = shared_agent();
    Turn turn(agent, "say: hello there");
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(outcome.error == "");
    CHECK(outcome.text != "");
    CHECK(outcome.tokens_output > 0);
    CHECK(turn.progress == std::vector{Progress::sent, Progress::running});

    std::string text;
    for (const auto* piece : turn.of("chat.message.part.added")) text += piece->payload["delta"].view();
    CHECK(text == outcome.text);
    REQUIRE(turn.of("chat.message.final").size() == 2);
    CHECK(turn.of("chat.message.final")[0]->payload["text"].view() == "say: hello there");
    CHECK(turn.of("chat.message.final")[1]->payload["text"].view() == outcome.text);
    CHECK(turn.of("chat.session.status").back()->payload["status"].view() == "idle");
    CHECK(turn.of("chat.event.unknown").empty());
    CHECK(turn.prompts_of(agent) == 1);
}

TEST_CASE("a turn that writes a file tells the tool and the file")
{
    auto& agent = shared_agent();
    Turn turn(agent, "write file notes/hello.txt: hello from the agent");
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(outcome.files_changed == std::vector<std::string>{"notes/hello.txt"});
    CHECK(read_file(agent.project() / "notes/hello.txt") == "hello from the agent\n");
    REQUIRE(turn.of("chat.tool.start").size() == 1);
    REQUIRE(turn.of("chat.tool.finish").size() == 1);
    CHECK(turn.of("chat.tool.start")[0]->payload["title"].view() == "notes/hello.txt");
    REQUIRE(turn.of("chat.file.changed").size() == 1);
    CHECK(turn.of("chat.file.changed")[0]->payload["path"].view() == "notes/hello.txt");
}

TEST_CASE("a command that fails is not a tool that fails")
{
    Turn command(shared_agent(), "run: echo oops; exit 3");
    CHECK(command.follow().kind == Kind::completed);
    REQUIRE(command.of("chat.tool.finish").size() == 1);
    CHECK(command.of("chat.tool.finish")[0]->payload["exitCode"].number() == 3);
    CHECK(command.of("chat.tool.error").empty());

    Turn tool(shared_agent(), "read file no/such/file.txt");
    CHECK(tool.follow().kind == Kind::completed);
    REQUIRE(tool.of("chat.tool.error").size() == 1);
    CHECK(tool.of("chat.tool.error")[0]->payload["error"].view().find("not found") != std::string_view::npos);
}

TEST_CASE("the agent's password does not appear in what its commands print")
{
    Turn turn(shared_agent(), "run: env");
    CHECK(turn.follow().kind == Kind::completed);
    REQUIRE(turn.of("chat.tool.finish").size() == 1);
    const auto output = turn.of("chat.tool.finish")[0]->payload.dump();
    CHECK(output.find("OPENCODE_SERVER_PASSWORD=***") != std::string::npos);
    CHECK(output.find("a-password-for-tests") == std::string::npos);
}

TEST_CASE("a model that refuses fails the turn with its reason")
{
    Turn turn(shared_agent(), "http 401");
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "auth");
    CHECK(turn.of("chat.diagnostic").size() == 1);
}

TEST_CASE("a model that does not exist fails the turn, and the next one works")
{
    auto& agent = shared_agent();
    Turn turn(agent, "say: hello");
    turn.request.model = "demo/nope";
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "model");

    Turn next(agent, "say: hello again");
    next.request.session = turn.request.session;
    CHECK(next.follow().kind == Kind::completed);
}

TEST_CASE("a model that fails once is tried again, and people can see when")
{
    Turn turn(shared_agent(), "http 500 x1");
    CHECK(turn.follow().kind == Kind::completed);
    const auto diagnostics = turn.of("chat.diagnostic");
    REQUIRE(diagnostics.size() == 1);
    CHECK(diagnostics[0]->payload["class"].view() == "network");
    CHECK(diagnostics[0]->payload["attempt"].number() == 1);
    CHECK(diagnostics[0]->payload["retryAt"].number() > 0);
}

TEST_CASE("what a sub-agent does is told as such, and its end is not the turn's")
{
    auto& agent = shared_agent();
    Turn turn(agent, "subtask: write file below.txt: by the sub-agent");
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(read_file(agent.project() / "below.txt") == "by the sub-agent\n");
    std::size_t below = 0;
    for (const auto& event : turn.events) {
        if (event.agent_session == turn.request.session || event.agent_session.empty()) continue;
        CHECK(event.payload["parentSessionId"].view() == turn.request.session);
        ++below;
    }
    CHECK(below > 4);
    CHECK(turn.of("chat.session.status").back()->agent_session == turn.request.session);
    CHECK(turn.of("chat.session.status").back()->payload["status"].view() == "idle");
}

TEST_CASE("an answer that was cut off is a limit")
{
    Turn turn(shared_agent(), "overflow");
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::limit);
    CHECK(outcome.text != "");
}

TEST_CASE("a stop aborts the turn")
{
    auto& agent = shared_agent();
    Turn turn(agent, "slow 100");
    turn.heard = [&](const Event& event) {
        if (is_text(event)) turn.stop.request_stop();
    };
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::cancelled);
    CHECK_FALSE(agent.client().statuses().has(turn.request.session));
    CHECK(turn.of("chat.message.final").size() == 2);
}

TEST_CASE("a turn that takes too long or falls silent is aborted")
{
    auto& agent = shared_agent();
    Turn slow(agent, "slow 100");
    slow.request.limits.whole = 2s;
    CHECK(slow.follow().kind == Kind::timeout);
    CHECK_FALSE(agent.client().statuses().has(slow.request.session));

    Turn silent(agent, "hang");
    silent.request.limits.silence = 2s;
    const auto outcome = silent.follow();
    CHECK(outcome.kind == Kind::stuck);
    CHECK(outcome.error == "the agent made no progress for 2 s");
    CHECK_FALSE(agent.client().statuses().has(silent.request.session));
}

TEST_CASE("a turn is taken over from a process that was killed, and nothing is sent or told twice")
{
    struct Killed {};
    auto& agent = shared_agent();
    Turn turn(agent, "write file taken.txt: over");
    turn.heard = [&](const Event& event) {
        if (event.type == "chat.tool.start") throw Killed();
    };
    CHECK_THROWS_AS(turn.follow(), Killed);

    turn.heard = nullptr;
    turn.request.told = turn.events;
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(turn.prompts_of(agent) == 1);
    CHECK(turn.of("chat.tool.start").size() == 1); // told again, since it was never kept
    CHECK(turn.of("chat.tool.finish").size() == 1);
    CHECK(turn.of("chat.message.final").size() == 3);

    const auto told = turn.events.size();
    turn.request.told = turn.events;
    CHECK(turn.follow().kind == Kind::completed); // also after its end
    CHECK(turn.prompts_of(agent) == 1);
    CHECK(turn.events.size() == told);
}

TEST_CASE("a prompt that was handed over before the follower died is not handed over again")
{
    struct Killed {};
    auto& agent = shared_agent();
    Turn turn(agent, "say: hello once");
    turn.went = [](Progress step) {
        if (step == Progress::sent) throw Killed();
    };
    CHECK_THROWS_AS(turn.follow(), Killed);
    turn.went = nullptr;
    CHECK(turn.follow().kind == Kind::completed);
    CHECK(turn.prompts_of(agent) == 1);
}

TEST_CASE("handing the same prompt over twice leaves one prompt with one text")
{
    auto& agent = shared_agent();
    auto client = agent.client();
    const auto session = client.create_session("twice", "demo/scripted");
    const auto message = message_id();
    for (int i = 0; i < 2; ++i)
        client.prompt(session, {message, "demo/scripted", "build", "say: hello twice"});
    Turn turn(agent, "say: hello twice");
    turn.request.session = session;
    turn.request.message = message;
    CHECK(turn.follow().kind == Kind::completed);
    CHECK(turn.prompts_of(agent) == 1);
    CHECK(turn.of("chat.message.final").size() == 2);
}

TEST_CASE("an agent that is killed in the middle of a turn fails it, and the next prompt works")
{
    auto& agent = mortal_agent();
    Turn turn(agent, "slow 100");
    turn.request.alive = [&] { return agent.alive(); };
    turn.heard = [&](const Event& event) {
        if (is_text(event) && agent.alive()) agent.kill();
    };
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "agent_died");
    CHECK(outcome.error == "the agent died during the turn");

    agent.start();
    turn.request.alive = nullptr;
    turn.heard = nullptr;
    const auto again = turn.follow();
    CHECK(again.kind == Kind::failed);
    CHECK(again.reason == "interrupted");
    CHECK(turn.prompts_of(agent) == 1);

    Turn next(agent, "say: hello after the crash");
    next.request.session = turn.request.session;
    CHECK(next.follow().kind == Kind::completed);
}

TEST_CASE("an agent that is restarted unnoticed in the middle of a turn has interrupted it")
{
    auto& agent = mortal_agent();
    Turn turn(agent, "slow 100");
    turn.heard = [&](const Event& event) {
        if (!is_text(event)) return;
        turn.heard = nullptr;
        agent.kill();
        agent.start();
    };
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "interrupted");
}

TEST_CASE("an agent that stays away fails the turn")
{
    auto& agent = mortal_agent();
    Turn turn(agent, "slow 100");
    turn.request.limits.lost = 1s;
    turn.heard = [&](const Event& event) {
        if (is_text(event) && agent.alive()) agent.kill();
    };
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "agent_died");
}
