#include "api/field.hpp"
#include "util/error.hpp"
#include "util/id.hpp"

#include <doctest/doctest.h>
#include <limits>

using namespace skerry;
using api::Json;

namespace {

struct Boat {
    std::string name;
    std::optional<std::int64_t> crew;
    bool sails = false;
    std::string rig = "sloop";
    std::vector<std::string> ports;
    std::optional<std::string> owner;
    Id<Boat> sister;
    int masts = 1;
    std::int64_t depth; // not said: nought
};

constexpr auto fields(api::Tag<Boat>)
{
    return std::array{
        api::field<&Boat::name>("name", "What it is called", {.min = 1, .max = 10}),
        api::field<&Boat::crew>("crewSize", "How many sail it", {.min = 1, .max = 20}),
        api::field<&Boat::sails>("sails", "Whether it has sails"),
        api::field<&Boat::rig>("rig", "Its rig", {.one_of = "sloop|ketch"}),
        api::field<&Boat::ports>("ports", "Where it calls", {.max = 2, .one_of = "Oban|Mallaig"}),
        api::field<&Boat::owner>("owner", "Whose it is", {.min = 1, .max = 5}),
        api::field<&Boat::sister>("sister", "Built after the same plan", {.max = 40}),
        api::field<&Boat::masts>("masts", "How many it has", {.min = -1, .max = 9}),
        api::field<&Boat::depth>("depth", "How deep it goes",
                                 {.max = std::numeric_limits<std::int64_t>::max()}),
    };
}

std::vector<FieldError> faults_of(const Json& input)
{
    try {
        api::from_json<Boat>(input);
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::bad_request);
        return fault.fields();
    }
    return {};
}

std::vector<FieldError> faults_of(const char* input)
{
    return faults_of(Json::parse(input));
}

/// What is said about the one field that is wrong.
std::string fault_of(const std::string& member)
{
    const auto faults = faults_of(("{\"name\":\"a\"," + member + "}").c_str());
    REQUIRE(faults.size() == 1);
    CHECK(member.find("\"" + faults[0].field + "\"") == 0);
    return faults[0].message;
}

} // namespace

TEST_CASE("a declared struct is read from JSON and written back")
{
    const auto boat = api::from_json<Boat>(
        Json::parse(R"({"name":"Skerry","crewSize":3,"ports":["Oban"],"sister":"abc","masts":2})"));
    CHECK(boat.crew == 3);
    CHECK(boat.rig == "sloop");
    CHECK(boat.sister.value == "abc");
    CHECK(
        api::to_json(boat).dump() ==
        R"({"name":"Skerry","crewSize":3,"sails":false,"rig":"sloop","ports":["Oban"],"owner":null,"sister":"abc",)"
        R"("masts":2,"depth":0})");
}

TEST_CASE("what is absent or null has its default")
{
    const auto boat = api::from_json<Boat>(Json::parse(
        R"({"name":"a","crewSize":null,"sails":null,"rig":null,"ports":null,"owner":null,"masts":null})"));
    CHECK_FALSE(boat.crew);
    CHECK_FALSE(boat.owner);
    CHECK(boat.rig == "sloop");
    CHECK(boat.masts == 1);
    CHECK(boat.depth == 0);
    CHECK(faults_of(R"({"name":null})").at(0).message == "is missing");
}

TEST_CASE("every wrong field is named at once")
{
    const auto faults =
        faults_of(R"({"crewSize":99,"sails":"yes","rig":"barge","ports":["a","b","c"],"hull":1})");
    REQUIRE(faults.size() == 6);
    CHECK(faults[0].field == "hull");
    CHECK(faults[0].message == "is unknown");
    CHECK(faults[1].field == "name");
    CHECK(faults[1].message == "is missing");
    CHECK(faults[2].message == "must be 1 to 20");
    CHECK(faults[3].message == "must be true or false");
    CHECK(faults[4].message == "must be one of sloop, ketch");
    CHECK(faults[5].message == "must be 0 to 2 entries");
    CHECK_THROWS_WITH_AS(api::from_json<Boat>(Json::parse(R"({"name":1,"hull":1})")),
                         "hull is unknown; name must be a text", Error);
}

TEST_CASE("values of the wrong kind are refused")
{
    CHECK(fault_of(R"("crewSize":"3")") == "must be a whole number");
    CHECK(fault_of(R"("crewSize":2.5)") == "must be a whole number");
    CHECK(fault_of(R"("crewSize":1e30)") == "must be a whole number");
    CHECK(fault_of(R"("crewSize":true)") == "must be a whole number");
    CHECK(fault_of(R"("sails":1)") == "must be true or false");
    CHECK(fault_of(R"("owner":["x"])") == "must be a text");
    CHECK(fault_of(R"("sister":{})") == "must be a text");
    CHECK(fault_of(R"("ports":"Oban")") == "must be a list of texts");
    CHECK(fault_of(R"("ports":["Oban",1])") == "must be a list of texts");
    for (const char* input : {"[]", "1", "\"name\"", "null"})
        CHECK_THROWS_WITH_AS(api::from_json<Boat>(Json::parse(input)), "the input must be a JSON object",
                             Error);
}

TEST_CASE("limits hold at both ends")
{
    CHECK(fault_of(R"("crewSize":0)") == "must be 1 to 20");
    CHECK(fault_of(R"("crewSize":21)") == "must be 1 to 20");
    CHECK(fault_of(R"("masts":-2)") == "must be -1 to 9");
    CHECK(fault_of(R"("owner":"")") == "must not be empty or longer than 5 bytes");
    CHECK(fault_of(R"("owner":"éééé")") == "must not be empty or longer than 5 bytes");
    CHECK(faults_of(
              R"({"name":"1234567890","crewSize":20,"masts":-1,"owner":"éé","depth":9223372036854775807})")
              .empty());
    CHECK(faults_of(R"({"name":""})").size() == 1);
    CHECK(faults_of(R"({"name":"12345678901"})").size() == 1);
}

TEST_CASE("texts that no other part could handle are refused, entries of lists too")
{
    CHECK(fault_of("\"owner\":\"a\\u0000b\"") == "holds a NUL character");
    CHECK(fault_of("\"rig\":\"sloop|ketch\"") == "must be one of sloop, ketch");
    CHECK(fault_of("\"rig\":\"\"") == "must be one of sloop, ketch");
    CHECK(fault_of("\"ports\":[\"Oban\",\"Leith\"]") == "has an entry that must be one of Oban, Mallaig");
    CHECK(fault_of("\"ports\":[\"\\u0000\"]") == "has an entry that holds a NUL character");
    CHECK(faults_of(Json::object({{"name", "\xFF"}})).at(0).message == "is not valid UTF-8");
    CHECK(faults_of(Json::object({{"name", "a"}, {"ports", Json::array().push("\xFF")}})).at(0).message ==
          "has an entry that is not valid UTF-8");
}

TEST_CASE("thousands of unknown fields do not make a long answer")
{
    auto members = Json::Object();
    for (int number = 0; number < 5000; ++number)
        members.push_back({std::to_string(number) + std::string(1000, '\n'), 1});
    const auto faults = faults_of(Json::object_of(std::move(members)));
    CHECK(faults.size() == 21);
    CHECK(faults.back().field == "name");
    CHECK(faults.front().field.size() < 100);
    CHECK(faults.front().field.find('\n') == std::string::npos);
}

TEST_CASE("what is required follows from the member")
{
    std::string required;
    for (const auto& field : api::fields_of<Boat>())
        if (field.required) required += std::string(field.name) + " ";
    CHECK(required == "name ");
    CHECK(api::fields_of<Boat>()[1].kind == api::Kind::number);
    CHECK(api::fields_of<Boat>()[4].kind == api::Kind::list);
    CHECK(api::fields_of<Boat>()[6].kind == api::Kind::text);
}

TEST_CASE("command line names follow from JSON names")
{
    CHECK(api::option_name("maxCost") == "max-cost");
    CHECK(api::option_name("name") == "name");
    CHECK(api::option_name("agentPortRange") == "agent-port-range");
}
