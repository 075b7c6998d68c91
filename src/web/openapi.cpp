#include "web/openapi.hpp"

#include "http/status.hpp"
#include "util/text.hpp"
#include "web/action_route.hpp"
#include "web/route.hpp"

#include <algorithm>
#include <set>

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

/// The statuses of failures that an operation may end with. What is refused before any address is looked at
/// (a head that is too long, an encoding that is not known) stands under "default".
using Statuses = std::set<std::string>;

Statuses failures_of(api::Access access)
{
    Statuses statuses{"400", "403", "500", "503"}; // 403: another Host or Origin too
    if (access != api::Access::anyone) statuses.insert("401");
    return statuses;
}

Statuses failures_of(const api::Action& action)
{
    auto statuses = failures_of(action.access);
    statuses.insert({"404", "408", "409", "413"});
    if (tries_password(action)) statuses.insert({"401", "429"});
    return statuses;
}

Statuses failures_of(const Route& route)
{
    auto statuses = failures_of(route.access);
    if (route.pattern.find(':') != std::string_view::npos) statuses.insert({"404", "409"});
    if (route.gives == Gives::anything) statuses.insert({"408", "413", "502", "504"});
    return statuses;
}

void add_failures(Json& responses, const Statuses& statuses)
{
    for (const auto& status : statuses) {
        const bool says_when = status == "429" || status == "503";
        responses.set(status, reference(says_when ? "responses/Later" : "responses/Error"));
    }
    responses.set("default", reference("responses/Error"));
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

/// What a form has beside the fields of the same action in JSON, and in place of which.
Json form_schema(const api::Action& action)
{
    auto schema = input_schema(action.input);
    auto properties = Json::object();
    for (const auto& [name, value] : schema["properties"].members())
        if (name != "content") properties.set(name, value);
    properties.set("file", Json::object({{"type", "string"},
                                         {"contentMediaType", "application/octet-stream"},
                                         {"description", "The file, behind the other fields"}}));
    return schema.set("properties", std::move(properties))
        .set("required", Json::array().push("project").push("file"));
}

Json content_of(const api::Action& action)
{
    auto content = json_content(input_schema(action.input));
    if (!takes_form(action)) return content;
    return content.set("multipart/form-data", Json::object({{"schema", form_schema(action)}}));
}

Json operation_of(const api::Action& action)
{
    auto responses = Json::object();
    responses.set("200", described("Done.", json_content(reference("schemas/Data"))));
    add_failures(responses, failures_of(action));
    return Json::object({{"operationId", action.name},
                         {"summary", action.summary},
                         {"tags", Json::array().push(action.name.substr(0, action.name.find('.')))},
                         {"security", security_of(action.access)},
                         {"parameters", headers_of(action)},
                         {"requestBody", Json::object({{"required", true}, {"content", content_of(action)}})},
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
    add_failures(responses, failures_of(route));
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

/// Every code that an answer may have, those of refusals before any address included.
Json code_schema()
{
    auto codes = Json::array();
    for (const int status : http::failing_statuses()) codes.push(http::code_of(status));
    return Json::object({{"type", "string"}, {"enum", std::move(codes)}});
}

/// What went wrong, and when it is worth another try.
Json later()
{
    const auto seconds = Json::object({{"description", "Seconds to wait; always with 429"},
                                       {"schema", Json::object({{"type", "integer"}, {"minimum", 1}})}});
    return described("Not now.", json_content(reference("schemas/Error")))
        .set("headers", Json::object({{"Retry-After", seconds}}));
}

Json components()
{
    const auto text = Json::object({{"type", "string"}});
    const auto field = Json::object(
        {{"type", "object"}, {"properties", Json::object({{"field", text}, {"message", text}})}});
    const auto error = Json::object(
        {{"type", "object"},
         {"required", Json::array().push("code").push("message")},
         {"properties", Json::object({{"code", code_schema()},
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
          Json::object({{"Error", described("What went wrong.", json_content(reference("schemas/Error")))},
                        {"Later", later()}})},
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
