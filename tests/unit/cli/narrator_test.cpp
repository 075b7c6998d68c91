#include "cli/narrator.hpp"
#include "util/descriptor.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;

namespace {

struct Story {
    Pipe pipe = make_pipe();
    cli::Stream stream{pipe.write.get(), "never"};
    cli::Narrator narrator{stream};

    std::string tell(const std::string& type, const std::string& payload)
    {
        return narrator.tell({.fact = {.type = type, .payload = Json::parse(payload)}});
    }
};

} // namespace

TEST_CASE("what the agent writes is told as it comes, once")
{
    Story story;
    CHECK(story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","delta":"Hel"})") == "Hel");
    CHECK(story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","delta":"lo"})") == "lo");
    CHECK(story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","text":"Hello!"})") == "!");
    CHECK(story.narrator.is_in_line());
    CHECK(story.tell("chat.message.final", R"({"messageId":"m","role":"assistant","text":"Hello!"})") ==
          "\n");
    CHECK(story.tell("chat.message.final", R"({"messageId":"n","role":"assistant","text":"unseen"})") ==
          "unseen\n");
}

TEST_CASE("a text that was replaced by another is told anew on its own line")
{
    Story story;
    story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","delta":"wrong"})");
    CHECK(story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","text":"right"})") ==
          "\nright");
}

TEST_CASE("tools, files and ends stand on lines of their own")
{
    Story story;
    story.tell("chat.message.part.added", R"({"messageId":"m","partId":"p","delta":"text"})");
    CHECK(story.tell("chat.tool.start", R"({"tool":"edit","kind":"edit","title":"index.html"})") ==
          "\n  edit index.html\n");
    CHECK(story.tell("chat.tool.start", R"({"tool":"bash","kind":"command","title":"npm test"})") ==
          "  $ npm test\n");
    CHECK(story.tell("chat.tool.finish", R"({"tool":"edit","durationMs":12})").empty());
    CHECK(story.tell("chat.tool.finish", R"({"tool":"bash","exitCode":3,"durationMs":12})")
              .find("exit code 3\n") != std::string::npos);
    CHECK(story.tell("chat.file.changed", R"({"path":"index.html"})").find("index.html\n") !=
          std::string::npos);
    CHECK(story
              .tell("chat.turn.ended",
                    R"({"outcome":"failed","error":"no key","filesChanged":["a"],"tokens":{}})")
              .find("failed: no key, a changed\n") != std::string::npos);
    CHECK(story.tell("chat.event.unknown", "{}").empty());
}

TEST_CASE("who waits for another attempt knows for how long, and has the hint once")
{
    Story story;
    const auto retry = [&](const std::string& attempt, std::int64_t time) {
        const auto payload = R"({"class":"network","message":"error 500","hint":"wait","attempt":)" +
                             attempt + R"(,"retryAt":9000})";
        return story.narrator.tell(
            {.time = time, .fact = {.type = "chat.diagnostic", .payload = Json::parse(payload)}});
    };
    CHECK(retry("1", 6'700) == "! error 500: attempt 2 in 3 s\n  hint: wait\n");
    CHECK(retry("2", 6'999) == "! error 500: attempt 3 in 3 s\n");
    CHECK(retry("3", 9'100) == "! error 500: attempt 4 in 1 s\n");
}

TEST_CASE("an agent cannot steer the terminal")
{
    Story story;
    CHECK(story.tell("chat.message.part.added",
                     R"({"messageId":"m","partId":"p","delta":"a\u001b[2Jb\r"})") == "ab");
    CHECK(story.tell("chat.tool.start",
                     R"({"tool":"bash","kind":"command","title":"x\u001b]0;y\u0007z\nrm"})") ==
          "\n  $ xz rm\n");
}
