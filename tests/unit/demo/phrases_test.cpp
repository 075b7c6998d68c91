#include "demo/phrases.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using demo::after_phrase;
using demo::quoted_words;
using demo::stands_out;

TEST_CASE("a phrase is found as whole words, in any case")
{
    CHECK(after_phrase("please RUN: ls", "run: ") == "ls");
    CHECK_FALSE(after_phrase("prune: x, rerun: y", "run: "));
    CHECK(after_phrase("a bad tool", "bad tool") == "");
    CHECK_FALSE(after_phrase("bad toolbox", "bad tool"));
    CHECK_FALSE(after_phrase("", "x"));
}

TEST_CASE("a common word is an order only at the begin or end of a line")
{
    CHECK(stands_out("Drop", "drop"));
    CHECK(stands_out("drop it now", "drop"));
    CHECK(stands_out("hello, then drop.", "drop"));
    CHECK(stands_out("first line\n  drop\nthird", "drop"));
    CHECK_FALSE(stands_out("add a drop shadow", "drop"));
    CHECK_FALSE(stands_out("dropping it", "drop"));
    CHECK_FALSE(stands_out("put the words 'drop' on it", "drop"));
    CHECK_FALSE(stands_out("say 'drop'", "drop"));
}

TEST_CASE("quoted words are found, whatever the quotes")
{
    CHECK(quoted_words("Put the words 'hello from skerry' on the page") == "hello from skerry");
    CHECK(quoted_words("say \"hi there\"!") == "hi there");
    CHECK(quoted_words("say “hi” now") == "hi");
    CHECK(quoted_words("sag „guten Tag“ bitte") == "guten Tag");
    CHECK(quoted_words("dis « bonjour » ici") == "bonjour");
    CHECK(quoted_words("put ‘it’s here’ there") == "it’s here");
    CHECK(quoted_words("don't put 'it's here' there") == "it's here");
    CHECK(quoted_words("\"first\" and 'second'") == "first");
}

TEST_CASE("an apostrophe is no quote")
{
    CHECK_FALSE(quoted_words("don't use the site's colours"));
    CHECK_FALSE(quoted_words("an 'open end"));
    CHECK_FALSE(quoted_words("nothing '' here"));
    CHECK_FALSE(quoted_words(""));
}
