#include "agent/clients.hpp"
#include "agent/model_name.hpp"
#include "support/fake_agent.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace std::chrono_literals;
using agent::Client;

namespace {

template <class Work> std::optional<Error> error_of(Work work)
{
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("requests go where the agent expects them, with its folder and its password")
{
    test::FakeAgent fake;
    fake.set("/global/health", R"({"healthy":true,"version":"1.18.33"})");
    fake.set("/session", R"({"id":"ses_1"})");
    Client client(fake.address());
    CHECK(client.health() == "1.18.33");
    CHECK(client.create_session("A title", "demo/scripted") == "ses_1");
    client.reply_permission("per_1", "reject", "not this file");
    client.reply_question("que_1", {{"Blue"}, {}});
    client.abort("ses_1");
    CHECK(fake.asked("POST") ==
          std::vector<std::string>{
              R"(POST /session {"title":"A title","model":{"providerID":"demo","id":"scripted"}})",
              R"(POST /permission/per_1/reply {"reply":"reject","message":"not this file"})",
              R"(POST /question/que_1/reply {"answers":[["Blue"],[]]})", "POST /session/ses_1/abort"});
    CHECK_FALSE(client.has_message("ses_1", "msg_1"));
    CHECK_FALSE(client.has_session("ses_1"));
}

TEST_CASE("errors of both shapes, other errors and answers of something else are clear")
{
    test::FakeAgent fake;
    Client client(fake.address());
    const auto error = [&](int status, const std::string& body,
                           const std::string& type = "application/json") {
        fake.set("/session/status", body, status, type);
        return error_of([&] { client.statuses(); });
    };
    const auto first = error(404, R"({"name":"NotFoundError","data":{"message":"Session not found"}})");
    CHECK(first->code() == Code::not_found);
    CHECK(std::string(first->what()) == "the agent answered GET /session/status with 404: Session not found");
    const auto second = error(409, R"({"_tag":"SessionBusyError","message":"busy"})");
    CHECK(second->code() == Code::conflict);
    CHECK(std::string(second->what()).ends_with("with 409: busy"));
    CHECK(error(401, "")->code() == Code::unauthorized);
    CHECK(error(500, "oh no", "text/plain")->code() == Code::internal);
    const auto page = error(200, "<!doctype html>", "text/html");
    CHECK(std::string(page->what()) == "the agent did not understand GET /session/status");
    CHECK(error(200, "{broken")->code() == Code::internal);
    CHECK_FALSE(error(204, "", ""));
}

TEST_CASE("names are encoded in paths")
{
    CHECK(agent::percent_encoded("/srv/my project/ä?#") == "%2Fsrv%2Fmy%20project%2F%C3%A4%3F%23");
    CHECK(agent::event_path({1, "", "/a b"}) == "/event?directory=%2Fa%20b");
}

TEST_CASE("clients are kept by port, lent to one at a time and dropped with the agent")
{
    test::FakeAgent fake;
    const auto address = fake.address();
    agent::Clients clients;
    const Client* first = nullptr;
    {
        const auto one = clients.lend(address);
        const auto two = clients.lend(address);
        CHECK(&*one != &*two);
        first = &*one;
    }
    {
        const auto one = clients.lend(address);
        const auto two = clients.lend(address);
        CHECK((&*one == first || &*two == first));
    }
    auto changed = address;
    changed.password = "another";
    CHECK(clients.lend(changed)->address() == changed);
    CHECK(clients.lend(address)->address() == address);
}

TEST_CASE("connections to agents that nobody asks for any more are let go")
{
    test::FakeAgent fake;
    test::FakeAgent other;
    agent::Clients clients(0ms);
    for (const auto& address : {fake.address(), other.address(), fake.address()}) {
        clients.lend(address);
        CHECK(clients.size() == 1);
    }
    agent::Clients patient;
    for (const auto& address : {fake.address(), other.address(), fake.address()}) patient.lend(address);
    CHECK(patient.size() == 2);
}

TEST_CASE("a model is named by provider and model")
{
    CHECK(agent::parse_model("demo/scripted").provider == "demo");
    CHECK(agent::parse_model("openrouter/some/model").model == "some/model");
    for (const auto* wrong : {"", "demo", "/x", "demo/"}) {
        CHECK(error_of([&] { agent::parse_model(wrong); })->code() == Code::bad_request);
    }
}
