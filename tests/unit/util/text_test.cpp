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

TEST_CASE("malformed bytes are replaced one by one")
{
    CHECK(well_formed("plain, é, 漢, 🐚") == "plain, é, 漢, 🐚");
    CHECK(well_formed("a\xC3") == "a\xEF\xBF\xBD");
    CHECK(well_formed("\xED\xA0\x80z") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}
