#include "api/json.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;

TEST_CASE("JSON comes back as it was written")
{
    const std::string text = R"({"b":1,"a":[true,null,2.5,"é\n"],"empty":{},"none":[]})";
    CHECK(Json::parse(text).dump() == text);
}

TEST_CASE("reading what is not there gives null and fallbacks")
{
    const auto json = Json::parse(R"({"a":{"n":3}})");
    CHECK(json["a"]["n"].number() == 3);
    CHECK(json["x"]["y"].is_null());
    CHECK(json["a"].text("none") == "none");
    CHECK(json["a"]["n"].text("none") == "none");
}

TEST_CASE("what is not JSON is refused with the place")
{
    CHECK_THROWS_WITH_AS(Json::parse("{\"a\":"), doctest::Contains("byte 6"), Error);
    CHECK_FALSE(Json::try_parse("nope"));
    CHECK_FALSE(Json::try_parse("{} trailing"));
}

TEST_CASE("JSON nested too deep is refused instead of exhausting the stack")
{
    CHECK_THROWS_WITH_AS(Json::parse(std::string(100'000, '[')), doctest::Contains("nested deeper"), Error);
}

TEST_CASE("bytes that are not UTF-8 become a replacement character")
{
    CHECK(Json(std::string("a\xFF")).dump() == "\"a\xEF\xBF\xBD\"");
}
