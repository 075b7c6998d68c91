#include "util/log_text.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace skerry;
using namespace std::string_literals;
using skerry::log_text;

TEST_CASE("a log line keeps its text and loses what only a terminal understands")
{
    CHECK(log_text("plain\ttext, é 漢 🐚") == "plain\ttext, é 漢 🐚");
    CHECK(log_text("\x1b[1;31mred\x1b[0m text") == "red text");
    CHECK(log_text("\x1b]0;a title\x07shown") == "shown");
    CHECK(log_text("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\") == "link");
    CHECK(log_text("\x1b(Bdone") == "done");
    CHECK(log_text("\xC2\x9B"
                   "31m") == "31m");
    CHECK(log_text("windows\r") == "windows");
    CHECK(log_text("a\x00z\x7f\b"s) == "az");
    CHECK(log_text("\x1b") == "");
    CHECK(log_text("\x1b[") == "");
}

TEST_CASE("bytes that are not UTF-8 are marked, and cannot smuggle a control in")
{
    CHECK(log_text("a\xFFz") == "a\xEF\xBF\xBDz");
    CHECK(log_text("\xC0\x9B") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a long line is cut between characters")
{
    std::string line;
    while (line.size() < 2 * longest_log_line) line += "é";
    const auto text = log_text(line);
    CHECK(text.size() <= longest_log_line);
    CHECK(text.size() > longest_log_line - 4);
    CHECK(text.ends_with("é…"));
}

TEST_CASE("a stream is cut into lines wherever it is broken, without keeping a line that never ends")
{
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    LineCutter cutter;
    for (const auto* part : {"fir", "st\nsecond\n\nthi", "rd"}) cutter.take(part, keep);
    CHECK(lines == std::vector<std::string>{"first", "second", ""});
    cutter.finish(keep);
    CHECK(lines.back() == "third");

    for (int part = 0; part < 1000; ++part) cutter.take(std::string(1000, 'x'), keep);
    cutter.take("\nnext\n", keep);
    CHECK(lines[4].size() == 4 * longest_log_line);
    CHECK(lines[5] == "next");
}
