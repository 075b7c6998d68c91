#include "agent/answer.hpp"
#include "agent/outcome.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using agent::answer_in;
using agent::turn_of;
using api::Json;
using Kind = agent::Outcome::Kind;

namespace {

Json user(const std::string& id, const std::string& part = R"({"type":"text","text":"do it"})")
{
    return Json::parse(R"({"info":{"id":")" + id + R"(","role":"user"},"parts":[)" + part + "]}");
}

Json step(const std::string& id, const std::string& info, const std::string& parts = {})
{
    return Json::parse(
        R"({"info":{"id":")" + id +
        R"(","role":"assistant","cost":0.5,"tokens":{"input":10,"output":2},"time":{"completed":2})" +
        (info.empty() ? "" : "," + info) + R"(},"parts":[)" + parts + "]}");
}

std::vector<std::string> ids_of(const std::vector<Json>& turn)
{
    std::vector<std::string> ids;
    for (const auto& message : turn) ids.push_back(message["info"]["id"].text());
    return ids;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("a turn is its prompt and all up to the next prompt of a person")
{
    const Json messages(Json::Array{user("u1"), step("a1", ""), user("u2"), step("a2", ""), step("a3", ""),
                                    user("c1", R"({"type":"compaction"})"), step("a4", ""),
                                    user("c2", R"({"type":"text","text":"Continue","synthetic":true})"),
                                    step("a5", ""), user("u3"), step("a6", "")});
    CHECK(ids_of(turn_of(messages, "u2")) == Ids{"u2", "a2", "a3", "c1", "a4", "c2", "a5"});
    CHECK(ids_of(turn_of(messages, "u3")) == Ids{"u3", "a6"});
    CHECK(turn_of(messages, "u9").empty());
}

TEST_CASE("a turn goes on with the prompt that the agent repeats after a summary of its own accord")
{
    const auto summary = user("c1", R"({"type":"compaction","auto":true,"overflow":true})");
    const Json messages(Json::Array{user("u1"), step("a1", ""), summary,
                                    step("s1", R"("summary":true,"finish":"stop")"), user("r1"),
                                    step("a2", R"("finish":"stop")"), user("u2"), step("a3", "")});
    CHECK(ids_of(turn_of(messages, "u1")) == Ids{"u1", "a1", "c1", "s1", "r1", "a2"});

    const auto failure = R"("summary":true,"error":{"name":"ContextOverflowError","data":{"message":"no"}})";
    const Json given_up(
        Json::Array{user("u1"), step("a1", ""), summary, step("s1", failure), user("u2"), step("a2", "")});
    CHECK(ids_of(turn_of(given_up, "u1")) == Ids{"u1", "a1", "c1", "s1"});
}

TEST_CASE("a prompt that was followed by another one before its answer shares that answer")
{
    const Json messages(Json::Array{user("u1"), user("u2"), step("a1", ""), user("u3"), step("a2", "")});
    CHECK(ids_of(turn_of(messages, "u1")) == Ids{"u1", "u2", "a1"});
}

TEST_CASE("cost, tokens and files are those of all steps, the text is the last one's")
{
    const auto answer = answer_in(
        {user("u1"),
         step("a1", R"("finish":"tool-calls")",
              R"({"type":"text","text":"first"},{"type":"patch","files":["/srv/demo/b","/srv/demo/a"]})"),
         step("a2", R"("finish":"stop")",
              R"({"type":"text","text":"done"},{"type":"patch","files":["/srv/demo/a"]})")},
        "/srv/demo");
    CHECK(answer.complete);
    CHECK(answer.cost == 1.0);
    CHECK(answer.tokens_input == 20);
    CHECK(answer.tokens_output == 4);
    CHECK(answer.text == "done");
    CHECK(answer.files_changed == Ids{"a", "b"});
    CHECK(agent::outcome_of(answer).kind == Kind::completed);
}

TEST_CASE("what has not ended, will go on or never began is not complete")
{
    CHECK_FALSE(answer_in({}, "").prompt_there);
    CHECK_FALSE(answer_in({user("u1")}, "").begun);
    const auto open =
        Json::parse(R"({"info":{"id":"a","role":"assistant","time":{"created":1}},"parts":[]})");
    CHECK(answer_in({user("u1"), open}, "").begun);
    CHECK_FALSE(answer_in({user("u1"), open}, "").complete);
    CHECK_FALSE(answer_in({user("u1"), step("a1", R"("finish":"tool-calls")")}, "").complete);
    const auto refused =
        R"({"type":"tool","state":{"status":"error","error":"The user rejected permission"}})";
    CHECK(answer_in({user("u1"), step("a1", R"("finish":"tool-calls")", refused)}, "").complete);
}

TEST_CASE("errors, stops and limits are told apart")
{
    const auto outcome = [](const std::string& info) {
        return agent::outcome_of(answer_in({user("u1"), step("a1", info)}, ""));
    };
    CHECK(outcome(R"("error":{"name":"MessageAbortedError","data":{"message":"Aborted"}})").kind ==
          Kind::cancelled);
    const auto error =
        outcome(R"("error":{"name":"APIError","data":{"message":"too fast","statusCode":429}})");
    CHECK(error.kind == Kind::failed);
    CHECK(error.reason == "rate_limit");
    CHECK(error.error == "too fast");
    CHECK(outcome(R"("finish":"length")").kind == Kind::limit);
    CHECK(outcome("").kind == Kind::cancelled); // stopped while it waited to try again
}
