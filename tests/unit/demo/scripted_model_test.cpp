#include "demo/scripted_model.hpp"
#include "support/chat.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;
using demo::plan;
using demo::Reply;
using test::Chat;

namespace {

Reply first(const std::string& prompt)
{
    return plan(Chat().user(prompt).request());
}

Reply second(const std::string& prompt)
{
    return plan(Chat().user(prompt).step("done").request());
}

/// The only call of the reply, as "tool {arguments}".
std::string call_of(const Reply& reply)
{
    if (reply.kind != Reply::Kind::tools || reply.calls.size() != 1) return "no single call";
    return reply.calls[0].name + " " + reply.calls[0].arguments.dump();
}

} // namespace

TEST_CASE("steps are followed one by one, then it is done")
{
    const std::string prompt =
        R"(please steps: [{"text":"first"},{"tool":"bash","args":{"command":"[ -d . ]"}}] now)";
    Chat chat;
    chat.user(prompt);
    CHECK(plan(chat.request()).text == "first");
    CHECK(call_of(plan(chat.add("assistant", "first").request())) == R"(bash {"command":"[ -d . ]"})");
    CHECK(plan(chat.step("ok").request()).text == "All steps done.");
    CHECK(first("steps: [{]").text == "The steps are not JSON.");
}

TEST_CASE("a tool is called once, then the turn ends")
{
    CHECK(call_of(first("write file a.txt: one\ntwo")) ==
          R"(write {"filePath":"a.txt","content":"one\ntwo\n"})");
    CHECK(call_of(first("Write file sub/b.txt")) ==
          R"(write {"filePath":"sub/b.txt","content":"hello from the scripted model\n"})");
    CHECK(second("write file a.txt: one").text == "Wrote a.txt.");

    CHECK(call_of(first("edit file a.txt: old => new words")) ==
          R"(edit {"filePath":"a.txt","oldString":"old","newString":"new words"})");
    CHECK(second("edit file a.txt: old => new").text == "Edited a.txt.");

    CHECK(call_of(first("read file a.txt please")) == R"(read {"filePath":"a.txt"})");
    CHECK(call_of(first("run: ls -l\nand more")) == R"(bash {"command":"ls -l","description":"a command"})");
    CHECK(second("run: ls").text == "The command has run.");
    CHECK(first("subtask: write file x.txt").calls.at(0).arguments["prompt"].view() == "write file x.txt");
    CHECK(first("todo").calls.at(0).name == "todowrite");
    CHECK(first("ask question").calls.at(0).arguments["questions"].items().at(0)["options"].items().size() ==
          2);
    CHECK(first("a bad tool").calls.at(0).name == "no_such_tool");
    CHECK(call_of(first("bad args")) == R"(write {"nope":true})");
}

TEST_CASE("two tools are called at once, and a loop has as many steps as asked for")
{
    CHECK(first("two tools").calls.size() == 2);
    CHECK(plan(Chat().user("two tools").step("ok").request()).text == "Both done.");

    Chat chat;
    chat.user("loop 2");
    CHECK(call_of(plan(chat.request())) == R"(bash {"command":"echo step 1","description":"step 1"})");
    CHECK(call_of(plan(chat.step("step 1").request())) ==
          R"(bash {"command":"echo step 2","description":"step 2"})");
    CHECK(plan(chat.step("step 2").request()).text == "Looped 2 times.");
}

TEST_CASE("failures of every kind can be ordered")
{
    const auto failure = first("now http 503 x2 please");
    CHECK(failure.kind == Reply::Kind::failure);
    CHECK(failure.status == 503);
    CHECK(failure.times == 2);
    CHECK(first("HTTP 429").times == 0);
    CHECK(failure.recovery == "Recovered after 2 failures.");
    CHECK(first("drop").kind == Reply::Kind::drop);
    CHECK(first("drop").times == 0);
    CHECK(first("drop x1").times == 1);
    CHECK(first("full: enough").full);
    CHECK(first("full: enough").text == "enough");
    CHECK(first("malformed").kind == Reply::Kind::malformed);
    CHECK(first("and then hang").kind == Reply::Kind::hang);
    CHECK(first("slow").ticks == 120);
    CHECK(first("be slow 7 times").ticks == 7);
    CHECK(first("overflow").finish == "length");
    CHECK(first("reason").reasoning != "");
    CHECK(first("say: hello\nyou").text == "hello\nyou");
}

TEST_CASE("words that only happen to be in a prompt order nothing")
{
    for (const auto* prompt :
         {"add a drop shadow", "a todo list", "explain the reason why", "write file names on it",
          "http is slow today", "set overflow: hidden there", "say 'drop'"})
        CHECK_MESSAGE(first(prompt).calls.at(0).name == "read", prompt);
}

TEST_CASE("only the last prompt counts")
{
    Chat chat;
    chat.user("loop 3").step("1").step("2").user("run: ls");
    CHECK(call_of(plan(chat.request())) == R"(bash {"command":"ls","description":"a command"})");
}

TEST_CASE("a title is made of the prompt, and directives in it count for nothing")
{
    Chat chat;
    chat.add("system", "You are a title generator. You output ONLY a thread title.");
    chat.user("Generate a title for this conversation:\n").user("http 500 on the page");
    const auto reply = plan(chat.request());
    CHECK(reply.title);
    CHECK(reply.text == "http 500 on the page");
}

TEST_CASE("a conversation is summed up when asked to")
{
    Chat chat;
    chat.add("system", "You are an anchored context summarization assistant, a context summarization agent.");
    CHECK(plan(chat.user("drop").request()).text.starts_with("## Goal\n"));
    CHECK(first("It was long.\n\nContinue if you have next steps, or stop.").text ==
          "There is nothing left to do.");
}

TEST_CASE("a prompt may come in parts")
{
    const auto part = [](const char* type, const char* text) {
        return Json::object({{"type", type}, {"text", text}});
    };
    const Json content = Json::Array{part("text", "say: one"), part("image", "x"), part("text", "two")};
    const auto message = Json::object({{"role", "user"}, {"content", content}});
    CHECK(plan(Json::object({{"messages", Json::Array{message}}})).text == "one\ntwo");
}
