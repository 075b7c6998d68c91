#include "cli/display.hpp"

#include <doctest/doctest.h>

using namespace skerry::cli;

TEST_CASE("text is as wide as a terminal shows it")
{
    CHECK(display_width("abc") == 3);
    CHECK(display_width("Grüße") == 5);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("e\xCC\x81") == 1);
    CHECK(display_width("\xFF\xFE") == 2);
}

TEST_CASE("text that does not fit is cut between characters and says so")
{
    CHECK(fit("abcdef", 6) == "abcdef");
    CHECK(fit("abcdef", 4) == "abc…");
    CHECK(fit("日本語", 4) == "日…");
    CHECK(fit("日本語", 5) == "日本…");
    CHECK(fit("abc", 0).empty());
}

TEST_CASE("padding counts columns, not bytes")
{
    CHECK(padded("日", 4) == "日  ");
    CHECK(padded("7", 3, true) == "  7");
    CHECK(padded("long", 2) == "long");
}

TEST_CASE("what comes from outside cannot steer the terminal")
{
    CHECK(harmless("a\x1B[31mred\x1B[0m\tb\n") == "ared\tb\n");
    CHECK(harmless("\x1B]0;title\x07text") == "text");
    CHECK(harmless("\x1B]8;;http://x\x1B\\link") == "link");
    CHECK(harmless("over\rwritten\b\x7F\x9B") == "overwritten\xEF\xBF\xBD");
    CHECK(harmless("\xC2\x9B"
                   "31m") == "31m");
    CHECK(harmless("a\xE2\x80\xAE"
                   "b") == "ab");
    CHECK(harmless("\x1B[31").empty());
    CHECK(harmless("\x1B").empty());
    CHECK(harmless_line("  a \n\t b\x1B[2J ") == "a b");
}

TEST_CASE("help is broken at blanks")
{
    CHECK(wrapped("one two three", 7, "  ") == "one two\n  three");
    CHECK(wrapped("unbreakable", 4, "  ") == "unbreakable");
}
