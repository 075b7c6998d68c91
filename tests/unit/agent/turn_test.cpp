// What a real agent does not do on demand: to keep silent, to lie, to begin late.

#include "agent/turn.hpp"
#include "support/fake_agent.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace std::chrono_literals;
using agent::Outcome;
using Kind = Outcome::Kind;

namespace {

const std::string session = "/session/ses_1";
const std::string prompt_path = "POST /session/ses_1/prompt_async";

std::string user_info()
{
    return R"({"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1}})";
}

std::string user_message()
{
    return R"({"info":)" + user_info() +
           R"(,"parts":[{"id":"prt_1","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"do it"}]})";
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
    /// The agent begins its answer with an empty text, in the part prt_2.
    void begins_text()
    {
        fake.say("message.updated",
                 R"({"info":{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{}}})");
        fake.say("message.part.updated", R"({"part":{"id":"prt_2","messageID":"msg_2","sessionID":"ses_1",)"
                                         R"("type":"text","text":"","time":{"start":1}}})");
    }
    Outcome follow()
    {
        agent::Clients clients;
        const agent::Sink sink{.events =
                                   [this](std::vector<agent::Event> more) {
                                       events.insert(events.end(), more.begin(), more.end());
                                   },
                               .progress =
                                   [this](agent::Progress step) {
                                       if (progress.empty()) events_at_begin = events.size();
                                       progress.push_back(step);
                                   }};
        return agent::follow_turn(clients, request, sink, stop.get_token());
    }

    test::FakeAgent fake;
    agent::TurnRequest request;
    std::stop_source stop;
    std::vector<agent::Event> events;
    std::vector<agent::Progress> progress;
    std::size_t events_at_begin = 0; ///< that were told before the first progress
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
    CHECK(scene.events_at_begin == 0);
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

TEST_CASE("a prompt that the late abort of another turn has swallowed is handed over once more")
{
    Scene scene;
    const std::string abort =
        R"({"sessionID":"ses_1","error":{"name":"UnknownError","data":{"message":"Error: All fibers )"
        R"(interrupted without error"}}})";
    const auto user = R"({"sessionID":"ses_1","info":)" + user_info() + "}";
    const std::jthread agent([&] {
        scene.fake.wait_until_asked(prompt_path);
        scene.has(user_message());
        scene.fake.say("message.updated", user);
        scene.fake.say("session.error", abort);
        scene.fake.wait_until_asked(prompt_path, 2);
        scene.has(user_message() + "," + answer_message(complete));
    });
    CHECK(scene.follow().kind == Kind::completed);
    CHECK(scene.fake.asked(prompt_path).size() == 2);
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

TEST_CASE("an agent that is gone before it had the prompt leaves the turn to another try")
{
    Scene scene;
    scene.request.alive = [] { return false; };
    CHECK_THROWS_WITH(scene.follow(), "the agent died before it had the prompt");
    scene.request.alive = nullptr;
    scene.request.limits.lost = 300ms;
    scene.fake.set(session + "/message/msg_1", R"({"name":"UnknownError","data":{"message":"broken"}})", 500);
    CHECK_THROWS_AS(scene.follow(), Error);
    CHECK(scene.fake.asked(prompt_path).empty());
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
        scene.begins_text();
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

TEST_CASE("an answer that was taken is what came of a request, also where the agent's word for it is missed")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    scene.fake.set("/permission",
                   R"([{"id":"per_1","sessionID":"ses_1","permission":"edit","patterns":["a"]}])");
    scene.fake.set("/permission/per_1/reply", "true");
    scene.request.policy = agent::Policy::ask;
    scene.request.replies = [] { return std::vector{agent::Reply{.request = "per_1", .reply = "once"}}; };
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("POST /permission/per_1/reply");
        scene.fake.set("/permission", "[]");
        scene.fake.wait_until_asked("GET /permission", 3);
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);
    const auto end = std::find_if(scene.events.begin(), scene.events.end(), [](const agent::Event& event) {
        return event.type == "chat.permission.resolved";
    });
    REQUIRE((end != scene.events.end()));
    CHECK(end->payload["reply"].view() == "once");
}

TEST_CASE("what an aborted turn has left open is dismissed before the next prompt, of this session alone")
{
    Scene scene;
    scene.fake.set("/permission",
                   R"([{"id":"per_9","sessionID":"ses_1"},{"id":"per_8","sessionID":"ses_2"}])");
    scene.fake.set("/question", R"([{"id":"que_9","sessionID":"ses_1"}])");
    scene.fake.set("/permission/per_9/reply", "true");
    scene.fake.set("/question/que_9/reject", "true");
    const std::jthread agent([&] {
        scene.fake.wait_until_asked(prompt_path);
        CHECK(scene.fake.asked("POST /permission/per_9/reply").size() == 1);
        CHECK(scene.fake.asked("POST /question/que_9/reject").size() == 1);
        scene.has(user_message() + "," + answer_message(complete));
    });
    CHECK(scene.follow().kind == Kind::completed);
    CHECK(scene.fake.asked("POST /permission/per_8/reply").empty());
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

TEST_CASE("what an earlier turn has left unanswered is rejected before the prompt is sent, never allowed")
{
    Scene scene;
    scene.fake.set("/permission",
                   R"([{"id":"per_1","sessionID":"ses_1","permission":"bash","patterns":["rm a"]},)"
                   R"({"id":"per_2","sessionID":"ses_2","permission":"bash","patterns":["rm b"]},)"
                   R"({"id":"per_3","sessionID":"ses_3","permission":"bash","patterns":["rm c"]}])");
    scene.fake.set("/question", R"([{"id":"que_1","sessionID":"ses_1","questions":[]}])");
    scene.fake.set(session + "/children", R"([{"id":"ses_2"}])");
    scene.is_busy(); // the lists stay as they are
    const std::jthread agent([&] {
        scene.fake.wait_until_asked(prompt_path);
        scene.has(user_message());
        scene.fake.wait_until_asked("GET /permission", 3);
        scene.has(user_message() + "," + answer_message(complete));
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::completed);
    const auto asked = scene.fake.asked("POST ");
    REQUIRE(asked.size() == 4);
    CHECK(asked[0] == R"(POST /permission/per_1/reply {"reply":"reject"})");
    CHECK(asked[1] == R"(POST /permission/per_2/reply {"reply":"reject"})");
    CHECK(asked[2] == "POST /question/que_1/reject");
    CHECK(asked[3].starts_with(prompt_path));
    for (const auto& event : scene.events) CHECK_FALSE(event.type.starts_with("chat.permission."));
}

TEST_CASE("what an aborted turn waits for is rejected at the agent and told as dropped")
{
    Scene scene;
    scene.is_busy();
    scene.has(user_message());
    scene.fake.set("/permission",
                   R"([{"id":"per_1","sessionID":"ses_1","permission":"edit","patterns":["a"]}])");
    scene.request.policy = agent::Policy::ask;
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question", 2); // the first has been told
        scene.stop.request_stop();
        scene.fake.wait_until_asked("POST /session/ses_1/abort");
        scene.is_idle();
    });
    CHECK(scene.follow().kind == Kind::cancelled);
    CHECK(scene.fake.asked("POST /permission/per_1/reply").size() == 1);
    std::vector<std::string> replies;
    for (const auto& event : scene.events)
        if (event.type == "chat.permission.resolved") replies.push_back(event.payload["reply"].text());
    CHECK(replies == std::vector<std::string>{"dropped"});
}

TEST_CASE("what the agent says against the prompt before it has it ends the turn at once")
{
    Scene scene;
    scene.fake.say(
        "session.error",
        R"({"sessionID":"ses_1","error":{"name":"MessageAbortedError","data":{"message":"old"}}})");
    const std::jthread agent([&] {
        scene.fake.wait_until_asked(prompt_path);
        scene.fake.say("session.error", R"({"sessionID":"ses_1","error":{"name":"ImageDecodeError",)"
                                        R"("data":{"message":"bad.png is no image"}}})");
    });
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.reason == "unknown");
    CHECK(outcome.error == "bad.png is no image");
    CHECK(scene.fake.asked(prompt_path).size() == 1);
}

TEST_CASE("an agent that waits to ask its model again is not stuck before that time")
{
    Scene scene;
    scene.has(user_message());
    scene.request.limits.silence = 100ms;
    scene.request.limits.whole = 700ms;
    scene.fake.set("/session/status",
                   R"({"ses_1":{"type":"retry","attempt":2,"message":"overloaded","next":)" +
                       std::to_string(now() + 3'600'000) + "}}");
    CHECK(scene.follow().kind == Kind::timeout);

    Scene late;
    late.has(user_message());
    late.request.limits.silence = 100ms;
    late.fake.set("/session/status",
                  R"({"ses_1":{"type":"retry","attempt":2,"message":"overloaded","next":1000}})");
    CHECK(late.follow().kind == Kind::stuck);
}

TEST_CASE("what sub-agents use counts, unless they used it before")
{
    Scene scene;
    const auto step = [](const std::string& of, const std::string& info) {
        return R"({"info":{"id":"msg_9","sessionID":")" + of + R"(","role":"assistant",)" + info +
               R"(},"parts":[)";
    };
    const std::string begun = R"({"id":"prt_3","messageID":"msg_2","sessionID":"ses_1","type":"tool",)"
                              R"("callID":"c","tool":"task","state":{"status":"completed",)"
                              R"("metadata":{"sessionId":"ses_2"}}})";
    const std::string used = R"("cost":0.5,"tokens":{"input":10,"output":5},"time":{"created":)";
    scene.has(user_message() + "," + answer_message(used + R"(2,"completed":3},"finish":"stop")", begun));
    scene.fake.set("/session/ses_2/message",
                   "[" + step("ses_2", used + "0}") + "]}," + step("ses_2", used + "2}") +
                       R"({"id":"prt_4","messageID":"msg_9","sessionID":"ses_2","type":"patch",)"
                       R"("files":["/srv/demo/below.txt"]}]}])");
    const auto outcome = scene.follow();
    CHECK(outcome.kind == Kind::completed);
    CHECK(outcome.cost == 1.0);
    CHECK(outcome.tokens_input == 20);
    CHECK(outcome.tokens_output == 10);
    CHECK(outcome.files_changed == std::vector<std::string>{"below.txt"});

    scene.is_busy();
    scene.has(user_message() + "," + answer_message(used + "2}", begun));
    scene.request.limits.steps = 1;
    CHECK(scene.follow().reason == "max_turns");
    scene.request.limits.steps.reset();
    scene.request.limits.cost = 0.75;
    CHECK(scene.follow().reason == "max_cost");
}

TEST_CASE("secrets are taken out of a text that comes in pieces, and of the outcome")
{
    Scene scene;
    scene.request.secrets = {"correct horse battery"};
    scene.is_busy();
    scene.has(user_message());
    const std::jthread agent([&] {
        scene.fake.wait_until_asked("GET /question");
        scene.begins_text();
        for (const std::string piece : {"it is cor", "rect horse ", "battery, or cor"})
            scene.fake.say("message.part.delta",
                           R"({"sessionID":"ses_1","messageID":"msg_2","partID":"prt_2","field":"text",)"
                           R"("delta":")" +
                               piece + "\"}");
        scene.fake.wait_until_asked("GET /question", 3);
        scene.has(user_message() + "," +
                  answer_message(R"("time":{"created":1,"completed":2},"error":{"name":"APIError","data":)"
                                 R"({"message":"no model correct horse battery","statusCode":404}})",
                                 R"({"id":"prt_2","messageID":"msg_2","sessionID":"ses_1","type":"text",)"
                                 R"("text":"it is correct horse battery, or cor","time":{"end":2}})"));
        scene.is_idle();
    });
    const auto outcome = scene.follow();
    CHECK(outcome.error == "no model ***");
    CHECK(outcome.text == "it is ***, or cor");
    std::string text;
    for (const auto& event : scene.events) {
        CHECK(event.payload.dump().find("correct horse") == std::string::npos);
        if (event.type == "chat.message.part.added") text += event.payload["delta"].text();
    }
    CHECK(text == "it is ***, or cor");
}
