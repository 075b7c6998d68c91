#include "agent/diagnosis.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using agent::diagnose;
using agent::Fault;
using api::Json;

namespace {

Fault fault_of(const char* name, const char* message, int status = 0)
{
    auto data = Json::object({{"message", message}});
    if (status != 0) data.set("statusCode", status);
    return diagnose(Json::object({{"name", name}, {"data", data}})).fault;
}

} // namespace

TEST_CASE("an error's name, then its status, then its words say whose fault it is")
{
    CHECK(fault_of("MessageAbortedError", "Aborted") == Fault::aborted);
    CHECK(fault_of("ProviderAuthError", "no") == Fault::auth);
    CHECK(fault_of("ContextOverflowError", "no") == Fault::context);
    CHECK(fault_of("APIError", "no", 401) == Fault::auth);
    CHECK(fault_of("APIError", "no", 429) == Fault::rate_limit);
    CHECK(fault_of("APIError", "no", 503) == Fault::network);
    CHECK(fault_of("APIError", "This model's maximum context length is 8192 tokens", 400) == Fault::context);
    CHECK(fault_of("APIError", "Bad request", 400) == Fault::unknown);
    CHECK(fault_of("UnknownError", "Model not found: demo/nope.") == Fault::model);
    CHECK(fault_of("UnknownError", "Incorrect API key provided") == Fault::auth);
    CHECK(fault_of("UnknownError", "connect ECONNREFUSED 127.0.0.1:1") == Fault::network);
    CHECK(fault_of("SomethingNew", "???") == Fault::unknown);
}

TEST_CASE("a diagnosis is one line without the agent's stack, and always says something")
{
    const auto error = Json::parse(
        R"({"name":"UnknownError","data":{"message":"it broke\n    at f (x.js:1:2)\n    at g"}})");
    CHECK(diagnose(error).message == "it broke");
    CHECK_FALSE(diagnose(Json()).message.empty());
    CHECK(agent::to_json(diagnose(Json())).dump() ==
          R"({"class":"unknown","message":"the agent reported an error without a message"})");
}
