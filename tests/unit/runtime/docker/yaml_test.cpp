#include "runtime/docker/yaml.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;
using runtime::docker::yaml_of;

TEST_CASE("objects are indented, short lists stand on one line, every text is quoted")
{
    const auto value = Json::object(
        {{"services", Json::object({{"app", Json::object({{"image", "node:20"},
                                                          {"ports", std::vector<std::string>{"1:2", "3:4"}},
                                                          {"init", true},
                                                          {"cpus", 0.5},
                                                          {"nothing", Json::object()}})}})}});
    CHECK(yaml_of(value) == "\"services\":\n"
                            "  \"app\":\n"
                            "    \"image\": \"node:20\"\n"
                            "    \"ports\": [\"1:2\", \"3:4\"]\n"
                            "    \"init\": true\n"
                            "    \"cpus\": 0.5\n"
                            "    \"nothing\": {}\n");
}

TEST_CASE("objects in a list stand below their dash")
{
    const auto value =
        Json::object({{"volumes", Json::Array{Json::object({{"type", "bind"}, {"source", "/a"}})}}});
    CHECK(yaml_of(value) == "\"volumes\":\n"
                            "  -\n"
                            "    \"type\": \"bind\"\n"
                            "    \"source\": \"/a\"\n");
}

TEST_CASE("what could end a text, or is not to be printed, is escaped")
{
    CHECK(yaml_of(Json("a \"b\" \\ c")) == R"("a \"b\" \\ c")"
                                           "\n");
    CHECK(yaml_of(Json("two\nlines\t\x7f")) == R"("two\u000Alines\u0009\u007F")"
                                               "\n");
    CHECK(yaml_of(Json("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80")) == R"("\u00E4 \u20AC \U0001F600")"
                                                                     "\n");
    CHECK(yaml_of(Json(std::string("\xFF"))) == R"("\uFFFD")"
                                                "\n");
}
