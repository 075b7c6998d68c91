#include "program/actions.hpp"
#include "web/openapi.hpp"
#include "web/route.hpp"

#include <doctest/doctest.h>
#include <set>

namespace skerry::openapi_test {

using api::Json;

Json described()
{
    return web::openapi(program::actions(), "1.2.3");
}

/// "/api/projects/{id}" for "/api/projects/:id".
std::string path_for(std::string_view pattern)
{
    std::string path;
    bool named = false;
    for (const char letter : pattern) {
        if (named && letter == '/') path += '}';
        if (letter == '/') named = false;
        if (letter == ':') named = true;
        path += letter == ':' ? "{" : letter == '*' ? "{rest}" : std::string(1, letter);
    }
    return named ? path + "}" : path;
}

/// Each operation of the description.
template <class See> void each_operation(const Json& description, const See& see)
{
    for (const auto& path : description["paths"].members())
        for (const auto& method : path.value.members()) see(path.name, method.name, method.value);
}

TEST_CASE("every action is described with its fields")
{
    const auto description = described();
    for (const auto& action : program::actions()) {
        const auto& post = description["paths"]["/api/actions/" + std::string(action.name)]["post"];
        CHECK_MESSAGE(post["operationId"].view() == action.name, action.name);
        const auto& schema = post["requestBody"]["content"]["application/json"]["schema"];
        for (const auto& field : action.input)
            CHECK_MESSAGE(schema["properties"].has(field.name) != field.rule.hidden, action.name);
    }
}

TEST_CASE("every address is described with what may stand behind its question mark")
{
    const auto description = described();
    for (const auto& route : web::routes()) {
        const auto& item = description["paths"][path_for(route.pattern)];
        CHECK_MESSAGE(item.has(route.method == "GET" ? "get" : "post"), route.pattern);
        std::set<std::string> named;
        for (const auto& parameter : item["get"]["parameters"].items())
            if (parameter["in"].view() == "query") named.insert(parameter["name"].text());
        CHECK_MESSAGE(named.size() == route.query.size(), route.pattern);
        for (const auto& field : route.query)
            CHECK_MESSAGE(named.contains(std::string(field.name)), field.name);
    }
}

TEST_CASE("no two operations have one id, and none gives a value of no description")
{
    std::set<std::string> ids;
    each_operation(described(), [&](const auto& path, const auto& method, const Json& operation) {
        const auto id = operation["operationId"].text();
        CHECK_MESSAGE(!id.empty(), path << method);
        CHECK_MESSAGE(ids.insert(id).second, id);
        CHECK_MESSAGE(operation["responses"].has("200"), id);
        CHECK_MESSAGE(!operation["summary"].view().empty(), id);
    });
    CHECK(ids.size() >= program::actions().size() + web::routes().size());
}

TEST_CASE("the names in a path are its parameters, each once")
{
    each_operation(described(), [](const std::string& path, const auto&, const Json& operation) {
        std::set<std::string> named;
        for (const auto& parameter : operation["parameters"].items())
            if (parameter["in"].view() == "path") {
                const auto name = parameter["name"].text();
                CHECK_MESSAGE(named.insert(name).second, path);
                CHECK_MESSAGE(path.find("{" + name + "}") != std::string::npos, path);
                CHECK(parameter["required"].boolean());
            }
        CHECK_MESSAGE(named.size() == static_cast<std::size_t>(std::count(path.begin(), path.end(), '{')),
                      path);
    });
}

TEST_CASE("who may is said: for anyone no security, for others a token or a login")
{
    const auto description = described();
    for (const auto& action : program::actions()) {
        const auto& post = description["paths"]["/api/actions/" + std::string(action.name)]["post"];
        const std::size_t ways = action.access == api::Access::anyone ? 0 : 2;
        CHECK_MESSAGE(post["security"].items().size() == ways, action.name);
        const bool may_be_nobody = ways != 0 || action.name == "auth.login"; // a wrong password is one's own
        CHECK_MESSAGE(post["responses"].has("401") == may_be_nobody, action.name);
    }
}

TEST_CASE("failures are described where they can occur, and say when to come back where they can")
{
    const auto description = described();
    const auto responses = [&](const char* path, const char* method) {
        return description["paths"][path][method]["responses"];
    };
    CHECK(responses("/api/actions/auth.login", "post")["429"]["$ref"].view() ==
          "#/components/responses/Later");
    CHECK(description["components"]["responses"]["Later"]["headers"].has("Retry-After"));
    CHECK_FALSE(responses("/api/actions/projects.rename", "post").has("429"));
    CHECK(responses("/api/actions/projects.rename", "post").has("409"));
    CHECK(responses("/api/projects/{id}/agent/{rest}", "post").has("502"));
    CHECK(responses("/api/projects/{id}/agent/{rest}", "post").has("504"));
    CHECK_FALSE(responses("/api/projects", "get").has("502"));
    each_operation(description, [](const auto&, const auto&, const Json& operation) {
        for (const auto* status : {"400", "500", "503", "default"})
            CHECK_MESSAGE(operation["responses"].has(status), operation["operationId"].view());
    });
}

TEST_CASE("a file may come in JSON or in a form")
{
    const auto content = described()["paths"]["/api/actions/assets.upload"]["post"]["requestBody"]["content"];
    const auto& json = content["application/json"]["schema"];
    CHECK(json["properties"].has("content"));
    CHECK(json["required"].items().size() == 3);
    const auto& form = content["multipart/form-data"]["schema"];
    CHECK_FALSE(form["properties"].has("content"));
    CHECK(form["properties"].has("file"));
    CHECK_FALSE(described()["paths"]["/api/actions/projects.stop"]["post"]["requestBody"]["content"].has(
        "multipart/form-data"));
}

} // namespace skerry::openapi_test
