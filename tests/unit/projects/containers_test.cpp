#include "projects/containers.hpp"
#include "projects/template.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using projects::read_containers;

TEST_CASE("a description sets what it says, and the settings the rest")
{
    const auto description = api::Json::parse(R"({"app": {"memory": "512m", "cpus": 1.5, "processes": 100},
                                                  "agent": {"image": "mine:1", "memory": "2G"}})");
    const auto containers = read_containers(description, Settings());
    CHECK(containers.app.image == Settings().app_image);
    CHECK(containers.app.memory == 512U << 20U);
    CHECK(containers.app.cpus == doctest::Approx(1.5));
    CHECK(containers.app.processes == 100);
    CHECK(containers.agent.image == "mine:1");
    CHECK(containers.agent.memory == 2ULL << 30U);
    CHECK(containers.agent.cpus == 0);
    CHECK(read_containers({}, Settings()).agent.image == Settings().agent_image);
}

TEST_CASE("what is wrong in a description is named")
{
    const auto refusal = [](const char* text) -> std::string {
        try {
            read_containers(api::Json::parse(text), Settings());
        } catch (const Error& error) {
            CHECK(error.code() == Code::bad_request);
            return error.what();
        }
        return "";
    };
    for (const auto& [text, name] :
         {std::pair(R"({"app": {"memory": "lots"}})", "app.memory"),
          std::pair(R"({"app": {"memory": "1k"}})", "app.memory"),
          std::pair(R"({"app": {"memory": 5}})", "app.memory"),
          std::pair(R"({"app": {"memory": "99999999999999g"}})", "app.memory"),
          std::pair(R"({"agent": {"cpus": 0}})", "agent.cpus"),
          std::pair(R"({"agent": {"processes": 1.5}})", "agent.processes"),
          std::pair(R"({"app": {"image": ""}})", "app.image"),
          std::pair(R"({"app": {"privileged": true}})", "app.privileged"), std::pair(R"({"app": []})", "app"),
          std::pair(R"({"web": {}})", "web"), std::pair(R"([1])", "it")}) {
        CAPTURE(text);
        CHECK(refusal(text).find(name) != std::string::npos);
    }
}

TEST_CASE("the templates that come with skerry describe containers")
{
    for (const auto* folder : {"share/templates/node", "share/templates/static"}) {
        CAPTURE(folder);
        const auto one = projects::find_template(folder);
        CHECK_FALSE(one.containers.is_null());
        CHECK_NOTHROW(read_containers(one.containers, Settings()));
    }
}
