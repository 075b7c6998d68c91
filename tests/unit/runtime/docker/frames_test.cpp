#include "runtime/docker/frames.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::runtime::docker;

namespace {

std::string frame(char output, const std::string& text)
{
    std::string head{
        output, 0, 0, 0, 0, 0, static_cast<char>(text.size() >> 8U), static_cast<char>(text.size() & 255U)};
    return head + text;
}

} // namespace

TEST_CASE("frames come out whole, however their bytes arrive")
{
    const auto bytes = frame(1, "hello") + frame(2, "") + frame(2, std::string(300, 'x')) + frame(0, "in");
    for (const std::size_t step : {std::size_t(1), std::size_t(7), bytes.size()}) {
        FrameDecoder decoder;
        std::vector<std::string> out;
        std::vector<std::string> errors;
        for (std::size_t at = 0; at < bytes.size(); at += step)
            decoder.take(std::string_view(bytes).substr(at, step), [&](Output output, std::string_view text) {
                (output == Output::out ? out : errors).emplace_back(text);
            });
        CHECK(out == std::vector<std::string>{"hello", "in"});
        CHECK(errors == std::vector<std::string>{"", std::string(300, 'x')});
    }
}

TEST_CASE("what is no frame is refused")
{
    const auto take = [](std::string_view bytes) {
        FrameDecoder().take(bytes, [](Output, std::string_view) {});
    };
    CHECK_THROWS_AS(take("GET / HTTP/1.1\r\n"), Error);
    CHECK_THROWS_AS(take(std::string("\1\0\0\0\x7f\0\0\0", 8)), Error);
}

TEST_CASE("a line that the engine cut into pieces is one line, with the time of its end")
{
    LineAssembler lines;
    std::vector<OutputLine> seen;
    const auto keep = [&](OutputLine line) { seen.push_back(std::move(line)); };
    const std::string piece(16'384, 'x');
    lines.take(Output::out, "1970-01-01T00:00:01Z " + piece, keep);
    lines.take(Output::errors, "1970-01-01T00:00:02Z other\n", keep);
    lines.take(Output::out, "1970-01-01T00:00:03Z line\n", keep);
    lines.take(Output::out, "1970-01-01T00:00:04Z \n", keep);
    lines.take(Output::out, "1970-01-01T00:00:05Z " + piece, keep);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].text == "other");
    CHECK(seen[0].output == Output::errors);
    CHECK(seen[1].text == piece); // enough for the log, which cuts it with a mark
    CHECK(seen[1].time == 3'000'000'000);
    CHECK(seen[2].text.empty());
    lines.finish(keep);
    lines.finish(keep);
    REQUIRE(seen.size() == 4);
    CHECK(seen[3].text == piece);
}

TEST_CASE("what a process says last needs no line break, and is not put before what the next one says")
{
    LineAssembler lines;
    std::vector<std::string> seen;
    const auto keep = [&](const OutputLine& line) { seen.push_back(line.text); };
    lines.take(Output::out, "1970-01-01T00:00:01Z the end", keep);
    lines.take(Output::out, "1970-01-01T00:00:02Z the beginning\n", keep);
    lines.finish(keep);
    CHECK(seen == std::vector<std::string>{"the end", "the beginning"});
}

TEST_CASE("a line without end takes no more memory than the log keeps of it")
{
    LineAssembler lines;
    std::string text;
    for (int n = 0; n < 1000; ++n)
        lines.take(Output::out, std::string(16'384, 'x'), [](const OutputLine&) {});
    lines.take(Output::out, "end\n", [&](OutputLine line) { text = std::move(line.text); });
    CHECK(text.size() > 8192);
    CHECK(text.size() < 40'000);
}
