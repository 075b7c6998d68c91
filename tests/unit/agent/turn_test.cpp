// What a real agent does not do on demand: to keep silent, to lie, to begin late.

#include "agent/turn.hpp"
#include "support/fake_agent.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace std::chrono_literals;
using agent::Outcome;
using Kind = Outcome::Kind;

namespace {

const std::string session = "/session/ses_1";
const std::string prompt_path = "POST /session/ses_1/prompt_async";

std::string user_message()
{
    return R"({"info":{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1}},)"
           R"("parts":[{"id":"prt_1","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"do it"}]})";
}

std::string answer_message(const std::string& info, const std::string& parts = {})
{
    return R"({"info":{"id":"msg_2","parentID":"msg_1","sessionID":"ses_1","role":"assistant",)" + info +
           R"(},"parts":[)" + parts + "]}";
}

const std::string complete = R"("time":{"created":1,"completed":2},"finish":"stop")";
const std::string unfinished = R"("time":{"created":1})";

/// An agent that is idle and has no messages, and a turn for it.
struct Scene {
    Scene()
    {
        fake.set(session, R"({"id":"ses_1"})");
        fake.set(session + "/children", "[]");
        fake.set(session + "/todo", "[]");
        fake.set(session + "/message", "[]");
        fake.set(session + "/prompt_async", "", 204);
        fake.set("/session/status", "{}");
        fake.set("/permission", "[]");
        fake.set("/question", "[]");
        request.agent = fake.address();
        request.session = "ses_1";
        request.message = "msg_1";
        request.model = "demo/scripted";
        request.text = "do it";
        request.limits.look = 50ms;
    }
    void has(const std::string& messages)
    {
        fake.set(session + "/message/msg_1", user_message());
        fake.set(session + "/message", "[" + messages + "]");
    }
    void is_busy() { fake.set("/session/status", R"({"ses_1":{"type":"busy"}})"); }
    void is_idle() { fake.set("/session/status", "{}"); }
    Outcome follow()
    {
        agent::Clients clients;
        const agent::Sink sink{.events =
                                   [this](std::vector<agent::Event> more) {
                                       events.insert(events.end(), more.begin(), more.end());
                                   },
                               .progress = [this](agent::Progress step) { progress.push_back(step); }};
        return agent::follow_turn(clients, request, sink, stop.get_token());
    }

    test::FakeAgent fake;
    agent::TurnRequest request;
    std::stop_source stop;
    std::vector<agent::Event> events;
    std::vector<agent::Progress> progress;
};

} // namespace

TEST_CASE("a turn whose stream says nothing at all is still followed to its end")
{
    Scene scene;
    scene.fake.end_streams(true);
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /session/status", 3);
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);
    CHECK(scene.events.size() == 4); // user, busy, answer, idle
}

TEST_CASE("a stream that claims the end is not believed")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /session/status");
        scene.fake.say("session.status", R"({"sessionID":"ses_1","status":{"type":"idle"}})");
        scene.fake.wait_until_asked("GET /session/status", 4);
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);
    CHECK(scene.fake.asked("GET /session/status").size() >= 4);
}

TEST_CASE("a prompt that does not begin is handed over once more, then given up")
{
    Scene scene;
    scene.request.limits.start = 300ms;
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "turn_not_started");
    const auto prompts = scene.fake.asked(prompt_path);
    REQUIRE(prompts.size() == 2);
    CHECK(prompts[0] == prompts[1]);
    CHECK(prompts[0] ==
          prompt_path + R"( {"messageID":"msg_1","agent":"build","model":{"providerID":"demo",)"
                        R"("modelID":"scripted"},"parts":[{"id":"prt_1","type":"text","text":"do it"}]})");
}

TEST_CASE("a prompt that the agent has is not handed over again")
{
    Scene scene;
    scene.has(user_message() + "," +
              answer_message(complete, R"({"id":"prt_2","messageID":"msg_2","sessionID":"ses_1",)"
                                       R"("type":"text","text":"done","time":{"end":2}})"));
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(outcome.text == "done");
    CHECK(scene.fake.asked(prompt_path).empty());
}

TEST_CASE("an idle session may write its last message a moment later")
{
    Scene scene;
    scene.has(user_message() + "," + answer_message(unfinished));
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /session/status", 4);
        scene.has(user_message() + "," + answer_message(complete));
    });
    CHECK(scene.follow().kind == Kind::completed);
}

TEST_CASE("an idle session whose last step expects another one was interrupted")
{
    Scene scene;
    scene.has(user_message() + "," +
              answer_message(R"("time":{"created":1,"completed":2},"finish":"tool-calls")"));
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "interrupted");
}

TEST_CASE("an agent that answers nonsense is tried again for a while")
{
    Scene scene;
    scene.has(user_message() + "," + answer_message(complete));
    scene.fake.set("/session/status", "<!doctype html>", 200, "text/html");
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /session/status", 3);
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);

    Scene hopeless;
    hopeless.has(user_message());
    hopeless.request.limits.lost = 300ms;
    hopeless.fake.set("/session/status", R"({"name":"UnknownError","data":{"message":"broken"}})", 500);
    const auto outcome = hopeless.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error ==
          "the agent died during the turn: the agent answered GET /session/status with 500: broken");
}

TEST_CASE("what the agent refuses fails the turn at once")
{
    Scene scene;
    scene.fake.set(session + "/prompt_async",
                   R"({"name":"NotFoundError","data":{"message":"Session not found"}})", 404);
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "refused");
    CHECK(outcome.error.find("Session not found") != std::string::npos);
}

TEST_CASE("a turn that is stopped before it was handed over never reaches the agent")
{
    Scene scene;
    scene.stop.request_stop();
    CHECK(scene.follow().kind == Kind::cancelled);
    CHECK(scene.fake.asked("POST").empty());
}

TEST_CASE("a turn that had ended when it was stopped has completed")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question");
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
        scene.stop.request_stop();
    });
    CHECK(scene.follow().kind == Kind::completed);
}

TEST_CASE("an agent that never becomes idle does not hold up a stop")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question");
        scene.stop.request_stop();
    });
    CHECK(scene.follow().kind == Kind::cancelled);
    CHECK(scene.fake.asked("POST /session/ses_1/abort").size() == 1);
}

TEST_CASE("a process that is gone ends the turn at once")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    scene.request.alive = [&] { return scene.fake.asked("GET /question").empty(); };
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "agent_died");
}

TEST_CASE("what a sink throws ends the turn and is not taken for the agent's fault")
{
    Scene scene;
    scene.has(user_message());
    agent::Clients clients;
    const agent::Sink sink{
        .events = [](const std::vector<agent::Event>&) { throw Error(Code::unavailable, "disk full"); },
        .progress = [](agent::Progress) {}};
    CHECK_THROWS_WITH(agent::follow_turn(clients, scene.request, sink, {}), "disk full");
}

TEST_CASE("an interrupted stream is caught up with, without losing or repeating anything")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question");
        scene.fake.say("message.updated",
                       R"({"info":{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{}}})");
        scene.fake.say("message.part.updated",
                       R"({"part":{"id":"prt_2","messageID":"msg_2","sessionID":"ses_1",)"
                       R"("type":"text","text":"","time":{"start":1}}})");
        scene.fake.say("message.part.delta", R"({"sessionID":"ses_1","messageID":"msg_2","partID":"prt_2",)"
                                             R"("field":"text","delta":"Hello "}})");
        scene.fake.end_streams();
        scene.fake.wait_until_asked("GET /session/ses_1/todo", 2);
        scene.has(user_message() + "," +
                  answer_message(complete, R"({"id":"prt_2","messageID":"msg_2","sessionID":"ses_1",)"
                                           R"("type":"text","text":"Hello world","time":{"end":2}})"));
        scene.is_idle();
    });
    const auto outcome = scene.follow();
    CHECK(outcome.text == "Hello world");
    std::string text;
    for (const auto& event : scene.events) {
        if (event.type == "chat.message.part.added")
            text += event.payload["delta"].text(event.payload["text"].view());
    }
    CHECK(text == "Hello world");
}

TEST_CASE("who takes over a turn that waits for somebody knows so, and hears the answer")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    scene.fake.set("/permission",
                   R"([{"id":"per_1","sessionID":"ses_1","permission":"edit","patterns":["a"]}])");
    scene.request.policy = agent::Policy::ask;
    scene.request.limits.patience = 0ms;
    CHECK(scene.follow().kind == Kind::needs_input);
    CHECK(scene.progress == std::vector{agent::Progress::sent, agent::Progress::needs_input});

    for (auto event : scene.events) { // as they come from a store that does not keep the agent's names
        event.agent_session.clear();
        scene.request.told.push_back(std::move(event));
    }
    scene.events.clear();
    CHECK(scene.follow().kind == Kind::needs_input);
    CHECK(scene.events.empty());

    scene.request.limits.patience.reset();
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /permission", 5);
        scene.fake.set("/permission", "[]");
        scene.fake.wait_until_asked("GET /permission", 7);
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);
    REQUIRE_FALSE(scene.events.empty());
    CHECK(scene.events.front().type == "chat.permission.resolved");
    CHECK(scene.events.front().payload["reply"].view() == "unheard");
}

TEST_CASE("a turn that is left at a stop goes on at the agent")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    scene.request.left_at_stop = [] { return true; };
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question");
        scene.stop.request_stop();
    });
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::cancelled);
    CHECK(outcome.reason == "left");
    CHECK(scene.fake.asked("POST").empty());
}

TEST_CASE("a turn that has cost what it may cost is aborted, and says so")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message() + "," + answer_message(R"("cost":0.75,"time":{"created":2})"));
    scene.request.limits.cost = 0.5;
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::limit);
    CHECK(outcome.reason == "max_cost");
    CHECK(scene.fake.asked("POST /session/ses_1/abort").size() == 1);
}
