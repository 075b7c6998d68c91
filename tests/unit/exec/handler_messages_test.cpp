#include "exec/handler_messages.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace skerry;
using exec::HandlerMessages;

namespace {

struct Heard {
    std::vector<std::pair<double, std::string>> progress;
    std::vector<std::string> log;
    std::vector<std::string> warnings;
    HandlerMessages messages{
        {[this](double fraction, const std::string& message) { progress.emplace_back(fraction, message); },
         [this](std::string_view line) { log.emplace_back(line); },
         [this](std::string_view what) { warnings.emplace_back(what); }}};
    Heard() = default;
    explicit Heard(std::string_view text)
    {
        messages.add(text);
        messages.finish();
    }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;
};

} // namespace

TEST_CASE("a handler tells progress, a line, a result, a delay and a reason")
{
    const Heard heard("{\"progress\": 0.25, \"message\": \"unpacking\"}\n{\"progress\": 1}\n"
                      "{\"log\": \"a line\"}\n{\"result\": {\"files\": [1, null]}}\n"
                      "{\"reschedule\": \"2m\"}\n{\"discard\": \"the file is no picture\"}\n");
    CHECK(heard.progress == std::vector<std::pair<double, std::string>>{{0.25, "unpacking"}, {1, ""}});
    CHECK(heard.log == std::vector<std::string>{"a line"});
    CHECK(heard.messages.result()->dump() == R"({"files":[1,null]})");
    CHECK(*heard.messages.again() == std::chrono::minutes(2));
    CHECK(*heard.messages.discard() == "the file is no picture");
    CHECK(heard.warnings.empty());
}

TEST_CASE("the last result counts, null is one, and the last line needs no line feed")
{
    CHECK(Heard("{\"result\": 1}\n{\"result\": null}").messages.result()->is_null());
    CHECK_FALSE(Heard("{\"log\": \"x\"}").messages.result());
}

TEST_CASE("what comes byte by byte is read as what comes at once")
{
    Heard heard;
    for (const char letter : std::string("{\"log\": \"a\"}\n\n  \n{\"log\": \"b\"}\r\n"))
        heard.messages.add(std::string_view(&letter, 1));
    CHECK(heard.log == std::vector<std::string>{"a", "b"});
    CHECK(heard.warnings.empty());
}

TEST_CASE("a delay of nothing is a second: a handler cannot spin")
{
    CHECK(*Heard("{\"reschedule\": \"0s\"}").messages.again() == std::chrono::seconds(1));
    CHECK(*Heard("{\"reschedule\": 90}").messages.again() == std::chrono::seconds(90));
}

TEST_CASE("what does not fit is told and passed over")
{
    for (const auto* line : {"nonsense",
                             "{",
                             "[]",
                             "{}",
                             "17",
                             "\"progress\"",
                             "{\"progress\": 2}",
                             "{\"progress\": -0.1}",
                             "{\"progress\": \"half\"}",
                             "{\"progress\": null}",
                             "{\"progress\": 1e999}",
                             "{\"log\": 1}",
                             "{\"discard\": true}",
                             "{\"reschedule\": \"soon\"}",
                             "{\"reschedule\": -1}",
                             "{\"reschedule\": {}}",
                             "{\"reschedule\": \"99999999999999999999s\"}",
                             "{\"message\": \"alone\"}",
                             "{\"exec\": \"rm\"}",
                             "\xff\xfe",
                             "{\"log\": \"\xff\"} x"}) {
        CAPTURE(line);
        const Heard heard(std::string(line) + "\n{\"log\": \"goes on\"}\n");
        CHECK(heard.warnings.size() == 1);
        CHECK(heard.log == std::vector<std::string>{"goes on"});
        CHECK(heard.progress.empty());
        CHECK_FALSE(heard.messages.again());
        CHECK_FALSE(heard.messages.discard());
    }
}

TEST_CASE("nesting as deep as a line is long is refused")
{
    const Heard heard("{\"result\": " + std::string(60'000, '[') + "\n");
    CHECK(heard.warnings.size() == 1);
    CHECK_FALSE(heard.messages.result());
}

TEST_CASE("a line that is too long is passed over as a whole, and the next one is read")
{
    Heard heard;
    heard.messages.add("{\"log\": \"" + std::string(100'000, 'x'));
    heard.messages.add(std::string(100'000, 'y') + "\"}\n{\"log\": \"next\"}\n");
    CHECK(heard.warnings.size() == 1);
    CHECK(heard.log == std::vector<std::string>{"next"});
}

TEST_CASE("a line of the greatest length is read")
{
    const std::string frame = "{\"result\": \"\"}";
    const auto line =
        "{\"result\": \"" + std::string(HandlerMessages::longest_line - frame.size(), 'x') + "\"}";
    REQUIRE(line.size() == HandlerMessages::longest_line);
    CHECK(Heard(line + "\n").messages.result().has_value());
    CHECK(Heard(line + " \n").warnings.size() == 1);
}

TEST_CASE("after the greatest sum of bytes nothing more is read, and that is told once")
{
    Heard heard;
    const std::string lines = "{\"log\": \"" + std::string(60'000, 'x') + "\"}\n";
    for (std::size_t sent = 0; sent < 2 * HandlerMessages::most_bytes; sent += lines.size())
        heard.messages.add(lines);
    heard.messages.finish();
    CHECK(heard.log.size() == HandlerMessages::most_bytes / lines.size());
    CHECK(heard.warnings.size() == 2); // one of them for the line that was cut
}

TEST_CASE("warnings come to an end")
{
    Heard heard;
    for (int i = 0; i < 1000; ++i) heard.messages.add("nonsense\n");
    CHECK(heard.warnings.size() == HandlerMessages::most_warnings + 1);
    CHECK(heard.warnings.back() == "descriptor 3: further warnings are left out");
}

TEST_CASE("a message cannot break out of its line")
{
    const Heard heard(
        "{\"progress\": 0.5, \"message\": \"one\\ntwo\\u001b[2J\"}\n{\"discard\": \"a\\nb\"}\n");
    CHECK(heard.progress.at(0).second.find_first_of("\n\x1b") == std::string::npos);
    CHECK(*heard.messages.discard() == "a b");
}
