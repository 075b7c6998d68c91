#include "agent/normaliser.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using agent::Event;
using agent::Normaliser;
using api::Json;

namespace {

/// "type payload" of each event, for comparing.
std::vector<std::string> shown(const std::vector<Event>& events)
{
    std::vector<std::string> lines;
    for (const auto& event : events) lines.push_back(event.type + " " + event.payload.dump());
    return lines;
}

using Lines = std::vector<std::string>;

class Hearing {
public:
    explicit Hearing(Normaliser::Setup setup = {.folder = "/srv/demo"}) : normaliser_(std::move(setup)) {}

    Lines hear(const char* type, const std::string& properties)
    {
        return shown(
            normaliser_.take(Json::object({{"type", type}, {"properties", Json::parse(properties)}})));
    }
    Lines text(const std::string& text, bool complete, const std::string& part = "prt_1")
    {
        return hear("message.part.updated", R"({"part":)" + text_part(text, complete, part) + "}");
    }
    Lines delta(const std::string& text, const std::string& part = "prt_1")
    {
        return hear("message.part.delta", R"({"sessionID":"ses_1","messageID":"msg_2","partID":")" + part +
                                              R"(","field":"text","delta":")" + text + "\"}");
    }
    Lines learn(const std::string& text, bool complete)
    {
        return shown(normaliser_.learn(Json::parse(
            R"({"info":{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{"created":1}},"parts":[)" +
            text_part(text, complete, "prt_1") + "]}")));
    }
    Normaliser& operator*() { return normaliser_; }

private:
    static std::string text_part(const std::string& text, bool complete, const std::string& part)
    {
        return R"({"type":"text","id":")" + part + R"(","messageID":"msg_2","sessionID":"ses_1","text":")" +
               text + R"(","time":{"start":1)" + (complete ? R"(,"end":2)" : "") + "}}";
    }

    Normaliser normaliser_;
};

std::string added(const std::string& text)
{
    return R"(chat.message.part.added {"messageId":"msg_2","partId":"prt_1","delta":")" + text + "\"}";
}

std::string replaced(const std::string& text)
{
    return R"(chat.message.part.added {"messageId":"msg_2","partId":"prt_1","text":")" + text + "\"}";
}

} // namespace

TEST_CASE("a text grows by deltas, and its final update tells only what was not told")
{
    Hearing agent;
    CHECK(agent.text("", false).empty());
    CHECK(agent.delta("Hello ") == Lines{added("Hello ")});
    CHECK(agent.delta("wor") == Lines{added("wor")});
    CHECK(agent.text("Hello world", true) == Lines{added("ld")});
    CHECK(agent.text("Hello world", true).empty());
    CHECK(agent.delta("late").empty());
}

TEST_CASE("a text that the agent takes back is replaced")
{
    Hearing agent;
    agent.text("", false);
    agent.delta("This will be ");
    CHECK(agent.text("", true) == Lines{replaced("")});
}

TEST_CASE("what a failed attempt had begun to say is taken back when the next one begins")
{
    const auto step = [](Hearing& agent, const std::string& id) {
        return agent.hear("message.part.updated", R"({"part":{"type":"step-start","id":")" + id +
                                                      R"(","messageID":"msg_2","sessionID":"ses_1"}})");
    };
    Hearing agent;
    CHECK(step(agent, "prt_0").empty());
    CHECK(agent.text("cut", false) == Lines{added("cut")});
    CHECK(step(agent, "prt_0").empty()); // again, from the list
    CHECK(step(agent, "prt_2") == Lines{replaced("")});
    CHECK(step(agent, "prt_2").empty());
    CHECK(agent.delta(" off").empty());

    Hearing other;
    other.text("whole", true);
    CHECK(step(other, "prt_2").empty());
}

TEST_CASE("who comes in the middle of a text waits for the whole of it")
{
    Hearing agent;
    CHECK(agent.delta("lo wor").empty());
    CHECK(agent.learn("", false).empty());
    CHECK(agent.delta("ld").empty());
    CHECK(agent.text("Hello world", true) == Lines{added("Hello world")});
}

TEST_CASE("after an interruption nothing is lost, guessed or told twice")
{
    Hearing agent;
    agent.text("", false);
    agent.delta("Hello ");
    (*agent).lost();
    CHECK(agent.learn("", false).empty()); // the list does not hold what is being written
    CHECK(agent.delta("ld").empty());      // "wor" was missed
    CHECK(agent.text("Hello world", true) == Lines{added("world")});
}

TEST_CASE("news that is older than the message list changes nothing")
{
    Hearing agent;
    CHECK(agent.learn("Hello world", true) == Lines{added("Hello world")});
    CHECK(agent.text("", false).empty());
    CHECK(agent.delta("Hello ").empty());
    CHECK(agent.text("Hello world", true).empty());
}

TEST_CASE("what an earlier process told is not told again")
{
    Hearing before;
    std::vector<Event> told;
    const auto keep = [&](std::vector<Event> events) {
        for (auto& event : events) told.push_back(std::move(event));
    };
    const auto user = Json::parse(R"({"info":{"id":"msg_1","role":"user","sessionID":"ses_1"},"parts":[
        {"type":"text","id":"prt_0","messageID":"msg_1","sessionID":"ses_1","text":"do it"}]})");
    const auto tool =
        Json::parse(R"({"info":{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{"completed":2}},
        "parts":[{"type":"text","id":"prt_1","messageID":"msg_2","sessionID":"ses_1","text":"Hello","time":{"end":1}},
        {"type":"tool","tool":"bash","callID":"call_1","id":"prt_2","messageID":"msg_2","sessionID":"ses_1",
        "state":{"status":"completed","input":{"command":"ls"},"output":"a"}},
        {"type":"patch","id":"prt_3","messageID":"msg_2","sessionID":"ses_1","files":["/srv/demo/a"]}]})");
    keep((*before).learn(user));
    keep((*before).learn(tool));
    CHECK(told.size() == 6);

    Normaliser after({.folder = "/srv/demo"});
    for (const auto& event : told) after.remember(event);
    CHECK(shown(after.learn(user)).empty());
    CHECK(shown(after.learn(tool)).empty());
}

TEST_CASE("events of a sub-agent name the session that began it")
{
    Hearing agent;
    agent.hear("session.created", R"({"sessionID":"ses_2","info":{"id":"ses_2","parentID":"ses_1"}})");
    CHECK(
        agent.hear("session.status", R"({"sessionID":"ses_2","status":{"type":"busy"}})") ==
        Lines{R"(chat.session.status {"status":"busy","agentSessionId":"ses_2","parentSessionId":"ses_1"})"});
    CHECK((*agent).sessions().is_within("ses_2", "ses_1"));
    CHECK((*agent).sessions().is_within("ses_1", "ses_1"));
    CHECK_FALSE((*agent).sessions().is_within("ses_3", "ses_1"));

    agent.hear("question.asked", R"({"id":"que_1","sessionID":"ses_2","questions":[]})");
    CHECK((*agent).needs_input("ses_1"));
    CHECK_FALSE((*agent).needs_input("ses_3"));
    CHECK(
        agent.hear("session.status", R"({"sessionID":"ses_2","status":{"type":"idle"}})") ==
        Lines{
            R"(chat.question.resolved {"requestId":"que_1","reply":"dropped","agentSessionId":"ses_2","parentSessionId":"ses_1"})",
            R"(chat.session.status {"status":"idle","agentSessionId":"ses_2","parentSessionId":"ses_1"})"});
    CHECK_FALSE((*agent).needs_input("ses_1"));
}

TEST_CASE("a file that a sub-agent changed is told once, and again when it is changed again")
{
    Hearing agent;
    const auto patch = [&](const std::string& id, const std::string& session, const std::string& files) {
        return agent.hear("message.part.updated", R"({"part":{"type":"patch","id":")" + id +
                                                      R"(","messageID":"msg_2","sessionID":")" + session +
                                                      R"(","files":[)" + files + "]}}");
    };
    const auto told = [](const std::string& path) { return R"(chat.file.changed {"path":")" + path + "\"}"; };
    const auto step = [&](const std::string& session) {
        agent.hear("message.part.updated",
                   R"({"part":{"type":"step-start","id":"s","messageID":"msg_2","sessionID":")" + session +
                       "\"}}");
    };
    step("ses_1");
    step("ses_2");
    CHECK(agent.hear("file.edited", R"({"file":"/srv/demo/a"})") == Lines{told("a")});
    CHECK(patch("prt_1", "ses_2", R"("/srv/demo/a","/srv/demo/b")") == Lines{told("b")});
    CHECK(patch("prt_2", "ses_1", R"("/srv/demo/a","/srv/demo/b","/srv/demo/c")") == Lines{told("c")});
    step("ses_1");
    CHECK(patch("prt_3", "ses_1", R"("/srv/demo/a")") == Lines{told("a")});
}

TEST_CASE("a prompt that the agent repeats after it has summarised the conversation is not told again")
{
    Hearing agent;
    const auto says = [&](const std::string& message, const std::string& part) {
        const auto names = R"("messageID":")" + message + R"(","sessionID":"ses_1",)";
        agent.hear("message.updated",
                   R"({"info":{"id":")" + message + R"(","sessionID":"ses_1","role":"user","time":{}}})");
        return agent.hear("message.part.updated", R"({"part":{)" + names + part + "}}");
    };
    const std::string prompt = R"("type":"text","text":"do it","id":"prt_)";
    CHECK(says("msg_1", prompt + "1\"").size() == 1);
    CHECK(says("msg_3", R"("type":"compaction","auto":true,"id":"prt_3")").empty());
    CHECK(says("msg_5", prompt + "5\"").empty());
    CHECK(says("msg_7", R"("type":"compaction","auto":false,"id":"prt_7")").empty());
    CHECK(says("msg_9", prompt + "9\"").size() == 1);
}

TEST_CASE("sessions that claim to be each other's parents do no harm")
{
    Hearing agent;
    agent.hear("session.created", R"({"info":{"id":"ses_1","parentID":"ses_2"}})");
    agent.hear("session.created", R"({"info":{"id":"ses_2","parentID":"ses_1"}})");
    CHECK_FALSE((*agent).sessions().is_within("ses_1", "ses_9"));
}

TEST_CASE("an unknown event is kept, clipped and without credentials; a known one beside the point is not")
{
    Hearing agent({.folder = "/srv/demo", .secrets = {"the-agents-password"}});
    CHECK(agent.hear("quantum.entangled",
                     R"({"sessionID":"ses_1","note":"the-agents-password","apiKey":"k"})") ==
          Lines{R"(chat.event.unknown {"upstreamType":"quantum.entangled",)"
                R"("payload":{"sessionID":"ses_1","note":"***","apiKey":"***"}})"});
    CHECK(shown((*agent).take(Json("not even an object"))) ==
          Lines{R"(chat.event.unknown {"upstreamType":"","payload":"not even an object"})"});
    CHECK(agent.hear("message.part.updated", R"({"part":{"type":"hologram","sessionID":"ses_1"}})").size() ==
          1);
    for (const auto* type :
         {"server.heartbeat", "plugin.added", "mcp.tools.changed", "session.next.prompted"}) {
        CHECK(agent.hear(type, "{}").empty());
    }
}

TEST_CASE("malformed events of known types are survived")
{
    Hearing agent;
    for (const auto* type :
         {"message.updated", "message.part.updated", "message.part.delta", "message.part.removed",
          "session.status", "session.error", "permission.asked", "permission.replied", "question.asked",
          "todo.updated", "file.edited", "session.created"}) {
        for (const auto* properties :
             {"null", "[]", "{}", "7", R"({"part":{"type":"tool"},"info":[],"status":3})"}) {
            CHECK_NOTHROW(agent.hear(type, properties));
        }
    }
}
