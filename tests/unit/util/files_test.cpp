#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("what is inside a folder is told by names")
{
    CHECK(is_inside("/a/b", "/a/b"));
    CHECK(is_inside("/a/b/c", "/a/b"));
    CHECK(is_inside("/a/b/c/", "/a/b/"));
    CHECK(is_inside("/a//b/./c", "/a/b"));
    CHECK(is_inside("/a", "/"));
    CHECK_FALSE(is_inside("/a/bc", "/a/b"));
    CHECK_FALSE(is_inside("/a", "/a/b"));
    CHECK_FALSE(is_inside("/a/b/../../etc", "/a/b"));
    CHECK_FALSE(is_inside("/a/b/..", "/a/b"));
    CHECK_FALSE(is_inside("a/b", "/a"));
}
