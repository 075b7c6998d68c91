#include "util/error.hpp"
#include "util/log.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("the levels of the log are read by their names")
{
    CHECK(log::parse_level("debug") == log::Level::debug);
    CHECK(log::parse_level("off") == log::Level::off);
    for (const char* wrong : {"", "DEBUG", "warn", "debug ", "offf"})
        CHECK_THROWS_WITH_AS(log::parse_level(wrong), doctest::Contains("is not a log level"), Error);
}
