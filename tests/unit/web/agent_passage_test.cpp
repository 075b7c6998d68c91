#include "web/agent_passage.hpp"

#include <doctest/doctest.h>

namespace skerry::agent_passage_test {

using api::Json;

std::string without_keys(std::string_view text)
{
    return web::without_keys(Json::parse(text)).dump();
}

TEST_CASE("keys of providers are masked, however deep they lie")
{
    CHECK(without_keys(R"({"provider":{"openai":{"options":{"apiKey":"sk-1","baseURL":"http://x"}}}})") ==
          R"({"provider":{"openai":{"options":{"apiKey":"***","baseURL":"http://x"}}}})");
    CHECK(without_keys(R"([{"key":"a"},[{"token":"b"}]])") == R"([{"key":"***"},[{"token":"***"}]])");
}

TEST_CASE("a key is known by its name in any way of writing")
{
    for (const auto* name : {"key",           "apiKey",         "apikey",        "api_key",
                             "API_KEY",       "OPENAI_API_KEY", "x-api-key",     "X-Api-Key",
                             "accessKey",     "secretKey",      "secret_key",    "password",
                             "Password",      "userPassword",   "token",         "accessToken",
                             "access_token",  "ACCESS_TOKEN",   "secret",        "clientSecret",
                             "CLIENT_SECRET", "authorization",  "Authorization", "Proxy-Authorization"})
        CHECK_MESSAGE(web::without_keys(Json::object({{name, "s"}}))[name].view() == "***", name);
}

TEST_CASE("what is no key stays, and so does what has no text")
{
    for (const auto* name : {"name", "model", "keybinds", "keys", "tokens", "monkey", "baseURL", "tokenizer"})
        CHECK_MESSAGE(web::without_keys(Json::object({{name, "s"}}))[name].view() == "s", name);
    CHECK(without_keys(R"({"token":12,"key":null,"apiKey":"","secret":{"a":"b"}})") ==
          R"({"token":12,"key":null,"apiKey":"","secret":{"a":"b"}})");
    CHECK(without_keys("\"key\"") == "\"key\"");
    CHECK(without_keys("[1,true,null]") == "[1,true,null]");
}

TEST_CASE("an agent tells its configuration at these addresses, in whatever way they are written")
{
    for (const auto* target :
         {"/config", "/Config", "/%2563onfig", "/config?x=1", "/config/providers", "/provider",
          "/global/config", "/api/x", "/%63onfig", "/con%66ig", "//config", "/./config", "/x/../config",
          "/%2e/config", "/%2Fconfig", "/x\\..\\config", "/global%2Fconfig"})
        CHECK_MESSAGE(web::tells_configuration(target), target);
    for (const auto* target : {"/", "/session", "/session/s1/message", "/find?q=/config", "/event"})
        CHECK_MESSAGE(!web::tells_configuration(target), target);
}

} // namespace skerry::agent_passage_test
