#include "util/text.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("text is cut between characters")
{
    CHECK(clip("aé", 2) == "a");
    CHECK(clip("aé", 3) == "aé");
    CHECK(one_line("  two\nlines  ", 100) == "two lines");
    CHECK(one_line("abcdef", 3) == "abc…");
}

TEST_CASE("malformed UTF-8 is told apart")
{
    CHECK(is_utf8("plain, é, 漢, 🐚"));
    CHECK_FALSE(is_utf8("\xC3"));
    CHECK_FALSE(is_utf8("\xC0\x80"));
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));
    CHECK_FALSE(is_utf8("\xF5\x80\x80\x80"));
}

TEST_CASE("a shown command can be pasted into a shell")
{
    CHECK(shown({"git", "commit", "-m", "it's done"}) == "git commit -m 'it'\\''s done'");
    CHECK(shown({""}) == "''");
}

TEST_CASE("what is split and joined again is the same")
{
    for (const char* text : {"", ",", "a", "a,b", ",a", "a,", "a,,b", ",,"})
        CHECK(join(split(text, ','), ",") == text);
    CHECK(split("a,b", ',') == std::vector<std::string>{"a", "b"});
    CHECK(split("", ',') == std::vector<std::string>{""});
    CHECK(join({}, ", ").empty());
}

TEST_CASE("blanks at both ends are cut off")
{
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim(" \n ").empty());
    CHECK(trim("").empty());
}

TEST_CASE("one line holds no control character that a terminal could obey")
{
    CHECK(one_line("a\x1B[31mb\x7F"
                   "c\td",
                   100) == "a [31mb c d");
    CHECK(one_line("a\xC2\x9B"
                   "31mb é",
                   100) == "a 31mb é"); // the same in one character, U+009B
    CHECK(one_line("", 3).empty());
    CHECK(one_line("ééé", 3) == "é…");
    CHECK(one_line("abc   ", 3) == "abc");
}

TEST_CASE("text is cut to nothing when not even its first character fits")
{
    CHECK(clip("é", 1).empty());
    CHECK(clip("\x80\x80\x80", 2).empty());
    CHECK(clip("abc", 0).empty());
    CHECK(clip("abc", 3) == "abc");
}

TEST_CASE("a number is nothing but its digits")
{
    CHECK(number_in("0") == 0);
    CHECK(number_in("9223372036854775807") == 9'223'372'036'854'775'807);
    for (const char* other : {"", "-", "-1", "+1", " 1", "1 ", "1x", "0x1", "9223372036854775808"})
        CHECK_FALSE(number_in(other));
}

TEST_CASE("malformed bytes are replaced one by one, well-formed text is not touched")
{
    CHECK(well_formed("plain, é, 漢, 🐚") == "plain, é, 漢, 🐚");
    CHECK(well_formed("a\xFF"
                      "b") == "a\xEF\xBF\xBD"
                              "b");
    CHECK(well_formed("\xE6\xBC") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(is_utf8(well_formed("\xF4\x90\x80\x80\xE0\x80\x80\xF0\x80\x80\x80")));
    CHECK(is_utf8(""));
    CHECK(is_utf8("\xF4\x8F\xBF\xBF"));
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xE0\x80\x80"));
    CHECK_FALSE(is_utf8("\xF0\x80\x80\x80"));
    CHECK_FALSE(is_utf8("a\x80"));
}
