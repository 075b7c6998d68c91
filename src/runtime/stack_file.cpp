#include "runtime/stack_file.hpp"

#include "api/json.hpp"
#include "util/files.hpp"

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;
using api::Json;

Json to_json(const std::vector<fs::path>& paths)
{
    auto list = Json::array();
    for (const auto& path : paths) list.push(path.native());
    return list;
}

Json to_json(const ContainerSpec& container)
{
    return Json::object({{"image", container.image},
                         {"memory", container.memory},
                         {"cpus", container.cpus},
                         {"processes", container.processes},
                         {"beside", container.beside}});
}

ContainerSpec container_of(const Json& json)
{
    const auto number = [&](const char* name) { return static_cast<std::uint64_t>(json[name].number()); };
    return {.image = json["image"].text(),
            .memory = number("memory"),
            .cpus = json["cpus"].real(),
            .processes = number("processes"),
            .beside = json["beside"].text()};
}

Json to_json(const Service& service)
{
    auto environment = Json::array();
    for (const auto& [name, value] : service.environment)
        environment.push(Json::object({{"name", name}, {"value", value}}));
    Json farewell;
    if (const auto& words = service.farewell)
        farewell =
            Json::object({{"path", words->path}, {"user", words->user}, {"password", words->password}});
    return Json::object({{"name", service.name},
                         {"command", service.command},
                         {"environment", environment},
                         {"port", service.port},
                         {"ownState", service.own_state},
                         {"writesProject", service.writes_project},
                         {"readable", to_json(service.readable)},
                         {"farewell", farewell},
                         {"container", to_json(service.container)}});
}

Service service_of(const Json& json)
{
    Service service{.name = json["name"].text(), .command = {}};
    for (const auto& word : json["command"].items()) service.command.push_back(word.text());
    for (const auto& variable : json["environment"].items())
        service.environment.emplace_back(variable["name"].text(), variable["value"].text());
    service.port = static_cast<int>(json["port"].number());
    service.own_state = json["ownState"].boolean();
    service.writes_project = json["writesProject"].boolean();
    for (const auto& path : json["readable"].items()) service.readable.emplace_back(path.text());
    if (const auto& words = json["farewell"]; words.is_object())
        service.farewell = Farewell{words["path"].text(), words["user"].text(), words["password"].text()};
    service.container = container_of(json["container"]);
    return service;
}

Json to_json(const std::optional<Fence>& fence)
{
    if (!fence) return {};
    return Json::object(
        {{"user", fence->user}, {"noMoreUsers", fence->no_more_users}, {"cgroup", fence->cgroup}});
}

std::optional<Fence> fence_of(const Json& json)
{
    if (!json.is_object()) return std::nullopt;
    return Fence{json["user"].boolean(), json["noMoreUsers"].boolean(), json["cgroup"].boolean()};
}

Json to_json(const Limits& limits)
{
    return Json::object(
        {{"memory", limits.memory}, {"processes", limits.processes}, {"openFiles", limits.open_files}});
}

Limits limits_of(const Json& json)
{
    const auto number = [&](const char* name) { return static_cast<std::uint64_t>(json[name].number()); };
    return {number("memory"), number("processes"), number("openFiles")};
}

} // namespace

std::string to_text(const Plan& plan)
{
    auto services = Json::array();
    for (const auto& service : plan.stack.services) services.push(to_json(service));
    return Json::object({{"id", plan.stack.id},
                         {"folder", plan.stack.folder.native()},
                         {"state", plan.stack.state.native()},
                         {"services", services},
                         {"instance", plan.stack.instance},
                         {"limits", to_json(plan.limits)},
                         {"fence", to_json(plan.fence)},
                         {"searchPath", plan.search_path}})
        .dump();
}

Plan read_plan(const fs::path& state)
{
    const auto json = Json::parse(read_file(stack_file(state)));
    Plan plan{
        .stack = {
            json["id"].text(), json["folder"].text(), json["state"].text(), {}, json["instance"].text()}};
    for (const auto& service : json["services"].items()) plan.stack.services.push_back(service_of(service));
    plan.limits = limits_of(json["limits"]);
    plan.fence = fence_of(json["fence"]);
    plan.search_path = json["searchPath"].text();
    return plan;
}

fs::path stack_file(const fs::path& state)
{
    return state / "stack.json";
}

fs::path supervisor_lock(const fs::path& state)
{
    return state / "supervisor.lock";
}

fs::path control_socket(const fs::path& state)
{
    return state / "control.sock";
}

} // namespace skerry::runtime
