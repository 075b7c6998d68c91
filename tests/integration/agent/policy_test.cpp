#include "agent/policy.hpp"
#include "followed_turn.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace skerry;
using namespace std::chrono_literals;
using agent::Outcome;
using agent::Policy;
using agent::Progress;
using agent::Reply;
using test::RunningAgent;
using Turn = test::FollowedTurn;
using Kind = Outcome::Kind;

namespace {

/// One agent that allows all, one that asks.
RunningAgent& allowing_agent()
{
    return test::shared_agent();
}
RunningAgent& asking_agent()
{
    static RunningAgent agent(Policy::ask);
    return agent;
}

/// A turn in which people answer each request with `answer`, as often as they are asked.
struct AskedTurn : Turn {
    AskedTurn(RunningAgent& with, std::string text, Reply answer) : Turn(with, std::move(text))
    {
        request.policy = Policy::ask;
        request.replies = [this, answer] {
            std::vector<Reply> replies;
            for (const auto& event : events) {
                if (!event.type.ends_with(".requested")) continue;
                replies.push_back(answer);
                replies.back().request = event.payload["requestId"].text();
            }
            return replies;
        };
    }
    [[nodiscard]] bool waited() const
    {
        return std::count(progress.begin(), progress.end(), Progress::needs_input) > 0;
    }
    [[nodiscard]] std::vector<std::string> replies() const
    {
        std::vector<std::string> found;
        for (const auto& event : events) {
            if (event.type.ends_with(".resolved")) found.push_back(event.payload["reply"].text());
        }
        return found;
    }
};

bool has(RunningAgent& agent, const std::string& file)
{
    return std::filesystem::exists(agent.project() / file);
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("what a person allows once is done, and asked for again the next time")
{
    for (auto* agent : {&allowing_agent(), &asking_agent()}) {
        for (const std::string file : {"once-1.txt", "once-2.txt"}) {
            AskedTurn turn(*agent, "write file " + file + ": with permission", {.reply = "once"});
            CHECK(turn.follow().kind == Kind::completed);
            CHECK(turn.waited());
            CHECK(turn.progress.back() == Progress::running);
            CHECK(turn.of("chat.permission.requested").size() == 1);
            CHECK(turn.of("chat.permission.requested")[0]->payload["title"].view() == file);
            CHECK(turn.replies() == Texts{"once"});
            CHECK(has(*agent, file));
        }
    }
}

TEST_CASE("what a person rejects is not done, and the turn has not completed")
{
    AskedTurn turn(asking_agent(), "write file rejected.txt: no", {.reply = "reject"});
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "rejected");
    CHECK(turn.replies() == Texts{"reject"});
    CHECK(turn.of("chat.tool.error").size() == 1);
    CHECK_FALSE(has(asking_agent(), "rejected.txt"));
}

TEST_CASE("an agent that is told why something is rejected goes on with it")
{
    AskedTurn turn(asking_agent(), "write file told.txt: no",
                   {.reply = "reject", .message = "use another name"});
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::completed);
    REQUIRE(turn.of("chat.tool.error").size() == 1);
    CHECK(turn.of("chat.tool.error")[0]->payload["error"].view().find("use another name") !=
          std::string::npos);
    CHECK_FALSE(has(asking_agent(), "told.txt"));
}

TEST_CASE("two requests at once are both answered")
{
    AskedTurn turn(asking_agent(), "two tools", {.reply = "once"});
    turn.request.policy = Policy::ask;
    CHECK(turn.follow().kind == Kind::completed);
    const auto asked = turn.of("chat.permission.requested").size();
    CHECK(asked >= 1);
    CHECK(turn.replies().size() == asked);
}

TEST_CASE("a question is answered by a choice, also where the agent was started to allow everything")
{
    for (auto* agent : {&allowing_agent(), &asking_agent()}) {
        AskedTurn turn(*agent, "ask question", {.reply = "choice", .choices = {{"Blue"}}});
        CHECK(turn.follow().kind == Kind::completed);
        CHECK(turn.waited());
        REQUIRE(turn.of("chat.question.resolved").size() == 1);
        CHECK(turn.of("chat.question.resolved")[0]->payload["answers"].dump() == R"([["Blue"]])");
    }
}

TEST_CASE("a question that is dismissed ends the turn as rejected")
{
    AskedTurn turn(asking_agent(), "ask question", {.reply = "reject"});
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "rejected");
}

TEST_CASE("the policy of a turn holds for it alone, whatever the agent was started with")
{
    for (auto* agent : {&allowing_agent(), &asking_agent()}) {
        Turn allowed(*agent, "write file allowed.txt: yes");
        CHECK(allowed.follow().kind == Kind::completed);
        CHECK(has(*agent, "allowed.txt"));

        Turn denied(*agent, "write file denied.txt: no");
        denied.request.session = allowed.request.session;
        denied.request.policy = Policy::deny;
        CHECK(denied.follow().kind == Kind::completed); // the agent was told, and says so
        CHECK(denied.of("chat.tool.error").size() == 1);
        CHECK_FALSE(has(*agent, "denied.txt"));

        Turn failed(*agent, "write file failed.txt: no");
        failed.request.session = allowed.request.session;
        failed.request.policy = Policy::fail;
        const auto outcome = failed.follow();
        CHECK(outcome.kind == Kind::failed);
        CHECK(outcome.reason == "needs_permission");
        CHECK_FALSE(has(*agent, "failed.txt"));

        Turn again(*agent, "write file again.txt: yes");
        again.request.session = allowed.request.session;
        CHECK(again.follow().kind == Kind::completed);
        CHECK(has(*agent, "again.txt"));
    }
}

TEST_CASE("nobody is asked by a sub-agent what the turn's policy answers")
{
    Turn allowed(asking_agent(), "subtask: write file below.txt: by the sub-agent");
    CHECK(allowed.follow().kind == Kind::completed);
    CHECK(std::count(allowed.progress.begin(), allowed.progress.end(), Progress::needs_input) == 0);
    CHECK(has(asking_agent(), "below.txt"));

    Turn denied(allowing_agent(), "subtask: write file never.txt: by the sub-agent");
    denied.request.policy = Policy::deny;
    denied.follow();
    CHECK_FALSE(has(allowing_agent(), "never.txt"));
}

TEST_CASE("an agent that waits for nobody's answer goes on to wait for another follower")
{
    Turn question(asking_agent(), "ask question");
    question.request.policy = Policy::ask;
    question.request.limits.patience = 100ms;
    CHECK(question.follow().kind == Kind::needs_input);
    const auto asked = question.of("chat.question.requested");
    REQUIRE(asked.size() == 1);
    const auto id = asked[0]->payload["requestId"].text();
    question.request.replies = [&] {
        return std::vector<Reply>{{.request = id, .reply = "choice", .choices = {{"Blue"}}}};
    };
    question.request.told = question.events;
    CHECK(question.follow().kind == Kind::completed);
    CHECK(question.of("chat.question.requested").size() == 1);
    CHECK(question.of("chat.question.resolved").size() == 1);
}

TEST_CASE("a turn that is stopped while the agent waits leaves no open request behind")
{
    AskedTurn turn(asking_agent(), "write file stopped.txt: no", {.reply = "once"});
    turn.request.replies = {};
    turn.went = [&](Progress step) {
        if (step == Progress::needs_input) turn.stop.request_stop();
    };
    CHECK(turn.follow().kind == Kind::cancelled);
    REQUIRE(turn.replies().size() == 1);
    CHECK(turn.replies()[0] != "once"); // dropped, or rejected when the agent does not become idle in time
    CHECK_FALSE(has(asking_agent(), "stopped.txt"));
}

TEST_CASE("an agent that may only look changes nothing and asks nobody")
{
    RunningAgent agent(Policy::deny);
    Turn turn(agent, "write file denied.txt: no");
    turn.request.policy = Policy::deny;
    CHECK(turn.follow().kind == Kind::completed);
    CHECK(turn.of("chat.permission.requested").empty());
    CHECK_FALSE(has(agent, "denied.txt"));

    Turn reading(agent, "read file README.md");
    reading.request.policy = Policy::deny;
    CHECK(reading.follow().kind == Kind::completed);
    CHECK(reading.of("chat.tool.finish").size() == 1);
}

TEST_CASE("a turn ends for real when the model has taken as many steps as it may")
{
    Turn turn(allowing_agent(), "loop 50");
    turn.request.limits.steps = 3;
    const auto outcome = turn.follow();
    CHECK(outcome.kind == Kind::limit);
    CHECK(outcome.reason == "max_turns");
    CHECK(turn.of("chat.tool.start").size() < 10);
    CHECK(allowing_agent().client().statuses().dump() == "{}");

    Turn enough(allowing_agent(), "loop 2");
    enough.request.limits.steps = 3;
    CHECK(enough.follow().kind == Kind::completed);
}
