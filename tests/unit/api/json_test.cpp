#include "api/json.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <limits>

using namespace skerry;
using api::Json;

namespace {

/// "{"0":0,"1":1, ...}", each name `times` times.
std::string object_of(int names, int times)
{
    std::string text = "{";
    for (int time = 0; time < times; ++time)
        for (int name = 0; name < names; ++name)
            text += "\"" + std::to_string(name) + "\":" + std::to_string(time) + ",";
    text.back() = '}';
    return text;
}

} // namespace

TEST_CASE("JSON comes back as it was written")
{
    for (const char* text :
         {R"({"b":1,"a":[true,null,2.5,"é\n"],"empty":{},"none":[]})", "[]", "{}", "null", "\"\"", "0", "-1",
          "false", "[[[]],{}]", R"({"":""})", R"("\"\\\b\f\n\r\t\u0000\u001f/")", "9223372036854775807",
          "-9223372036854775808", "1.0", "0.1", "1e+300", "5e-324", "-0.0", "\"\x7F 漢 🐚\""})
        CHECK(Json::parse(text).dump() == text);
}

TEST_CASE("numbers keep what they can, and never become something that is not JSON")
{
    CHECK(Json::parse("1.0").dump() == "1.0");
    CHECK_FALSE(Json::parse("1.0").is_integer());
    CHECK(Json::parse("1e2").dump() == "100.0");
    CHECK(Json::parse("9223372036854775808").dump() == "9223372036854775808.0");
    CHECK(Json(std::numeric_limits<std::uint64_t>::max()).real() > 1.8e19);
    CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
    CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
    CHECK(Json(2.0).dump() == "2.0");
    CHECK(Json::parse("2.9").number() == 2);
    CHECK(Json::parse("1e300").number(7) == 7);
    CHECK_FALSE(Json::try_parse("1e400"));
    CHECK_FALSE(Json::try_parse("01"));
    CHECK_FALSE(Json::try_parse("NaN"));
}

TEST_CASE("JSON for people is indented, and what is empty stays short")
{
    CHECK(Json::parse(R"({"a":[1,{"b":null}],"c":{},"d":[]})").dump(true) ==
          "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST_CASE("reading what is not there gives null and fallbacks")
{
    const auto json = Json::parse(R"({"a":{"n":3}})");
    CHECK(json["a"]["n"].number() == 3);
    CHECK(json["x"]["y"].is_null());
    CHECK(json["a"].text("none") == "none");
    CHECK(json["a"]["n"].text("none") == "none");
    CHECK(json["a"].items().empty());
    CHECK(json["a"]["n"].members().empty());
    CHECK(json["a"].boolean(true));
    CHECK(json["a"].number(5) == 5);
    CHECK(json.has("a"));
    CHECK_FALSE(json.has("b"));
}

TEST_CASE("values are built, changed and compared")
{
    auto json = Json::object({{"a", 1}, {"b", Json::array()}});
    json.set("a", "one").set("c", nullptr);
    json.set("b", Json().push(1).push("two"));
    CHECK(json.dump() == R"({"a":"one","b":[1,"two"],"c":null})");
    json.remove("a");
    json.remove("a");
    CHECK(json == Json::parse(R"({"b":[1,"two"],"c":null})"));
    CHECK(json != Json::parse(R"({"c":null,"b":[1,"two"]})"));
    CHECK(Json(std::optional<int>()).is_null());
    CHECK(Json(std::optional<int>(3)) == Json(3));
    CHECK(Json(std::vector<std::string>{"a"}).dump() == R"(["a"])");
}

TEST_CASE("of members with one name the last counts, in the place of the first")
{
    CHECK(Json::parse(R"({"a":1,"b":2,"a":3})").dump() == R"({"a":3,"b":2})");
    const auto json = Json::parse(object_of(100, 3));
    CHECK(json.members().size() == 100);
    CHECK(json["99"].number() == 2);
    CHECK(json.members()[0].name == "0");
}

TEST_CASE("an object with very many members is read in good time")
{
    CHECK(Json::parse(object_of(100'000, 1)).members().size() ==
          100'000); // minutes if every name met every other
    CHECK(Json::parse(object_of(2, 100'000)).members().size() == 2);
    CHECK(Json::parse(object_of(100'000, 1)).dump().size() > 100'000);
}

TEST_CASE("what is not JSON is refused with the place")
{
    CHECK_THROWS_WITH_AS(Json::parse("{\"a\":"), doctest::Contains("byte 6"), Error);
    for (const char* text :
         {"",      " ",   "nope",   "{} trailing", "{",         "[1,]",          "{\"a\":1,}",   "{'a':1}",
          "[1 2]", "\"a", "\"\n\"", "\"\\x\"",     "\"\\u12\"", "// comment\n1", "\xEF\xBB\xBF", "tru",
          "+1",    ".5",  "1.",     "{1:2}"}) {
        CAPTURE(text);
        CHECK_FALSE(Json::try_parse(text));
        CHECK_THROWS_AS(Json::parse(text), Error);
    }
    CHECK_FALSE(Json::try_parse("\"\xFF\""));
    CHECK_FALSE(Json::try_parse(std::string_view("1\0", 2)));
}

TEST_CASE("JSON nested too deep is refused instead of exhausting the stack")
{
    CHECK_THROWS_WITH_AS(Json::parse(std::string(100'000, '[')), doctest::Contains("nested deeper"), Error);
    CHECK(Json::try_parse(std::string(100, '[') + std::string(100, ']')));
    CHECK_FALSE(Json::try_parse(std::string(101, '[') + std::string(101, ']')));
    CHECK(Json::try_parse(std::string(101, '[') + std::string(101, ']'), 101));
}

TEST_CASE("half a character, as JavaScript writes it when it cuts a text, does not spoil the rest")
{
    CHECK(Json::parse(R"({"delta":"a\ud83d"})")["delta"].text() == "a\xEF\xBF\xBD");
    CHECK(Json::parse(R"("\udc1a b")").text() == "\xEF\xBF\xBD b");
    CHECK(Json::parse(R"("\uD83D\uDC1A \uD83D")").text() == "🐚 \xEF\xBF\xBD");
    CHECK(Json::parse(R"("\ud83d\ud83d\udc1a")").text() == "\xEF\xBF\xBD🐚");
    CHECK(Json::parse(R"("\\ud83d \udc1a")").text() == "\\ud83d \xEF\xBF\xBD");
    CHECK_THROWS_WITH_AS(Json::parse(R"(["\ud83d",])"), doctest::Contains("byte 11"), Error);
    CHECK_FALSE(Json::try_parse(R"("\ud8)"));
}

TEST_CASE("bytes that are not UTF-8 become a replacement character")
{
    CHECK(Json(std::string("a\xFF")).dump() == "\"a\xEF\xBF\xBD\"");
    CHECK(Json::object({{"\xC0", "\xED\xA0\x80"}}).dump() ==
          "{\"\xEF\xBF\xBD\":\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}");
}

TEST_CASE("whatever text is written can be read again as it was")
{
    std::string all;
    for (int byte = 0; byte < 128; ++byte) all += static_cast<char>(byte);
    for (std::size_t length = 0; length < 40; ++length) {
        const auto text = all.substr(length) + "é" + all.substr(0, length) + "🐚";
        CHECK(Json::parse(Json(text).dump()).text() == text);
    }
}
