#include "web/openapi.hpp"

#include "util/text.hpp"
#include "web/action_route.hpp"
#include "web/route.hpp"

#include <algorithm>
#include <array>

namespace skerry::web {
namespace {

using api::Json;

Json reference(const std::string& name)
{
    return Json::object({{"$ref", "#/components/" + name}});
}

Json bounds(Json schema, const char* least, const char* most, const api::Rule& rule)
{
    if (rule.min > 0) schema.set(least, rule.min);
    return schema.set(most, rule.max);
}

Json text_schema(const api::Rule& rule)
{
    auto schema = Json::object({{"type", "string"}});
    if (!rule.one_of.empty()) return schema.set("enum", split(rule.one_of, '|'));
    return bounds(std::move(schema), "minLength", "maxLength", rule);
}

Json schema_of(const api::Field& field)
{
    switch (field.kind) {
    case api::Kind::text: return text_schema(field.rule);
    case api::Kind::number:
        return bounds(Json::object({{"type", "integer"}}), "minimum", "maximum", field.rule);
    case api::Kind::boolean: return Json::object({{"type", "boolean"}});
    case api::Kind::list: {
        auto items = Json::object({{"type", "string"}});
        if (!field.rule.one_of.empty()) items.set("enum", split(field.rule.one_of, '|'));
        return bounds(Json::object({{"type", "array"}, {"items", std::move(items)}}), "minItems", "maxItems",
                      field.rule);
    }
    }
    return Json::object();
}

Json input_schema(std::span<const api::Field> fields)
{
    auto properties = Json::object();
    std::vector<std::string> required;
    for (const auto& field : fields) {
        if (field.rule.hidden) continue;
        properties.set(field.name, schema_of(field).set("description", field.help));
        if (field.required) required.emplace_back(field.name);
    }
    auto schema = Json::object({{"type", "object"}, {"properties", std::move(properties)}});
    if (!required.empty()) schema.set("required", required);
    return schema.set("additionalProperties", false);
}

Json json_content(Json schema)
{
    return Json::object({{"application/json", Json::object({{"schema", std::move(schema)}})}});
}

Json described(const char* what, Json content)
{
    return Json::object({{"description", what}, {"content", std::move(content)}});
}

/// The answers that anything may give beside its own.
void add_failures(Json& responses, api::Access access)
{
    std::vector<const char*> statuses{"400", "404", "409", "413", "429", "500", "503"};
    if (access != api::Access::anyone) statuses.insert(statuses.end(), {"401", "403"});
    std::sort(statuses.begin(), statuses.end(), [](std::string_view a, std::string_view b) { return a < b; });
    for (const auto* status : statuses) responses.set(status, reference("responses/Error"));
}

Json security_of(api::Access access)
{
    if (access == api::Access::anyone) return Json::array();
    return Json::array()
        .push(Json::object({{"token", Json::array()}}))
        .push(Json::object({{"login", Json::array()}}));
}

Json parameter(std::string_view name, const char* place, Json schema, std::string_view help, bool required)
{
    return Json::object({{"name", name},
                         {"in", place},
                         {"required", required},
                         {"description", help},
                         {"schema", std::move(schema)}});
}

Json headers_of(const api::Action& action)
{
    auto headers = Json::array();
    if (!may_have_key(action)) return headers;
    const auto text = Json::object({{"type", "string"}, {"minLength", 1}, {"maxLength", 200}});
    return headers.push(parameter(
        "Idempotency-Key", "header", text,
        "Asked again with the same key within 24 hours, it is done once and answered the same.", false));
}

Json operation_of(const api::Action& action)
{
    auto responses = Json::object();
    responses.set("200", described("Done.", json_content(reference("schemas/Data"))));
    add_failures(responses, action.access);
    return Json::object(
        {{"operationId", action.name},
         {"summary", action.summary},
         {"tags", Json::array().push(action.name.substr(0, action.name.find('.')))},
         {"security", security_of(action.access)},
         {"parameters", headers_of(action)},
         {"requestBody",
          Json::object({{"required", true}, {"content", json_content(input_schema(action.input))}})},
         {"responses", std::move(responses)}});
}

Json success_of(Gives gives)
{
    const auto text = [](const char* type) {
        return Json::object({{type, Json::object({{"schema", Json::object({{"type", "string"}})}})}});
    };
    switch (gives) {
    case Gives::object: return described("The thing.", json_content(reference("schemas/Data")));
    case Gives::list: return described("A part of the list.", json_content(reference("schemas/List")));
    case Gives::json: return described("How things are.", json_content(Json::object({{"type", "object"}})));
    case Gives::events: return described("Server-sent events, without end.", text("text/event-stream"));
    case Gives::text: return described("Text.", text("text/plain"));
    case Gives::page: return described("A page or a part of one.", text("text/html"));
    case Gives::anything:
        return described("What the agent answers.", Json::object({{"*/*", Json::object()}}));
    }
    return Json::object();
}

/// "/api/projects/{id}" and its parameters.
std::pair<std::string, Json> path_of(std::string_view pattern)
{
    std::string path;
    auto parameters = Json::array();
    const auto text = Json::object({{"type", "string"}});
    for (const auto& part : split(pattern.substr(1), '/')) {
        const bool named = part.starts_with(':');
        const std::string name = part == "*" ? "rest" : part.substr(named ? 1 : 0);
        path += named || part == "*" ? "/{" + name + "}" : "/" + part;
        if (named || part == "*")
            parameters.push(
                parameter(name, "path", text, named ? "Which one" : "The rest of the path", true));
    }
    return {path, std::move(parameters)};
}

Json operation_of(const Route& route, const std::string& method, Json parameters)
{
    for (const auto& field : route.query)
        parameters.push(parameter(field.name, "query", schema_of(field), field.help, field.required));
    auto responses = Json::object();
    responses.set("200", success_of(route.gives));
    add_failures(responses, route.access);
    std::string id = method;
    for (const char letter : route.pattern) id += letter == '/' || letter == ':' ? '_' : letter;
    std::erase(id, '*');
    return Json::object({{"operationId", id},
                         {"summary", route.summary},
                         {"security", security_of(route.access)},
                         {"parameters", std::move(parameters)},
                         {"responses", std::move(responses)}});
}

std::vector<std::string> methods_of(const Route& route)
{
    if (route.method == "*") return {"get", "post", "put", "patch", "delete"};
    std::string method(route.method);
    for (char& letter : method) letter = static_cast<char>(letter - 'A' + 'a');
    return {method};
}

Json components()
{
    const auto text = Json::object({{"type", "string"}});
    const auto field = Json::object(
        {{"type", "object"}, {"properties", Json::object({{"field", text}, {"message", text}})}});
    const auto error = Json::object(
        {{"type", "object"},
         {"required", Json::array().push("code").push("message")},
         {"properties", Json::object({{"code", text},
                                      {"message", text},
                                      {"fields", Json::object({{"type", "array"}, {"items", field}})},
                                      {"requestId", text}})}});
    const auto one = [](const char* name, const Json& schema) {
        return Json::object({{"type", "object"},
                             {"required", Json::array().push(name)},
                             {"properties", Json::object({{name, schema}})}});
    };
    auto list = one("data", Json::object({{"type", "array"}, {"items", Json::object()}}));
    auto properties = list["properties"];
    properties.set("nextCursor", Json::object({{"type", Json::array().push("string").push("null")}}));
    list.set("properties", std::move(properties));
    return Json::object(
        {{"schemas", Json::object({{"Data", one("data", Json::object())},
                                   {"List", std::move(list)},
                                   {"Error", one("error", error)}})},
         {"responses",
          Json::object({{"Error", described("What went wrong.", json_content(reference("schemas/Error")))}})},
         {"securitySchemes",
          Json::object(
              {{"token", Json::object({{"type", "http"}, {"scheme", "bearer"}})},
               {"login", Json::object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "skerry_login"}})}})}});
}

} // namespace

Json openapi(std::span<const api::Action> actions, std::string_view version)
{
    auto paths = Json::object();
    for (const auto& action : actions)
        paths.set("/api/actions/" + std::string(action.name), Json::object({{"post", operation_of(action)}}));
    for (const auto& route : routes()) {
        const auto [path, parameters] = path_of(route.pattern);
        auto item = paths.has(path) ? paths[path] : Json::object();
        for (const auto& method : methods_of(route))
            item.set(method, operation_of(route, method, parameters));
        paths.set(path, std::move(item));
    }
    return Json::object(
        {{"openapi", "3.1.0"},
         {"info",
          Json::object({{"title", "skerry"},
                        {"version", version},
                        {"description", "Runs AI coding agents on projects."},
                        {"license", Json::object({{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}})}})},
         {"servers", Json::array().push(Json::object({{"url", "/"}}))},
         {"paths", std::move(paths)},
         {"components", components()}});
}

} // namespace skerry::web
