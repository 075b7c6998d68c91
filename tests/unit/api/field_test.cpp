#include "api/field.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;

namespace {

struct Boat {
    std::string name;
    std::optional<std::int64_t> crew;
    bool sails = false;
    std::string rig = "sloop";
    std::vector<std::string> ports;
};

constexpr auto fields(api::Tag<Boat>)
{
    return std::array{
        api::field<&Boat::name>("name", "What it is called", {.min = 1, .max = 10}),
        api::field<&Boat::crew>("crewSize", "How many sail it", {.min = 1, .max = 20}),
        api::field<&Boat::sails>("sails", "Whether it has sails"),
        api::field<&Boat::rig>("rig", "Its rig", {.one_of = "sloop|ketch"}),
        api::field<&Boat::ports>("ports", "Where it calls", {.max = 2}),
    };
}

std::vector<FieldError> faults_of(const char* input)
{
    try {
        api::from_json<Boat>(Json::parse(input));
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::bad_request);
        return fault.fields();
    }
    return {};
}

} // namespace

TEST_CASE("a declared struct is read from JSON and written back")
{
    const auto boat = api::from_json<Boat>(Json::parse(R"({"name":"Skerry","crewSize":3,"ports":["Oban"]})"));
    CHECK(boat.crew == 3);
    CHECK(boat.rig == "sloop");
    CHECK(api::to_json(boat).dump() ==
          R"({"name":"Skerry","crewSize":3,"sails":false,"rig":"sloop","ports":["Oban"]})");
}

TEST_CASE("every wrong field is named at once")
{
    const auto faults =
        faults_of(R"({"crewSize":99,"sails":"yes","rig":"barge","ports":["a","b","c"],"hull":1})");
    REQUIRE(faults.size() == 6);
    CHECK(faults[0].field == "hull");
    CHECK(faults[1].field == "name");
    CHECK(faults[1].message == "is missing");
    CHECK(faults[2].message == "must be 1 to 20");
    CHECK(faults[4].message == "must be one of sloop, ketch");
}

TEST_CASE("texts are checked by bytes")
{
    CHECK(faults_of(R"({"name":""})").size() == 1);
    CHECK(faults_of(R"({"name":"12345678901"})").size() == 1);
    CHECK(faults_of("{\"name\":\"a\\u0000b\"}").at(0).message == "holds a NUL character");
    CHECK(faults_of(R"({"name":"1234567890"})").empty());
}

TEST_CASE("command line names follow from JSON names")
{
    CHECK(api::option_name("maxCost") == "max-cost");
    CHECK(api::option_name("name") == "name");
}
