#include "runtime/docker/compose_file.hpp"

#include "runtime/docker/own_program.hpp"
#include "runtime/docker/yaml.hpp"
#include "runtime/home.hpp"
#include "util/files.hpp"

#include <algorithm>

namespace skerry::runtime::docker {
namespace {

namespace fs = std::filesystem;
using api::Json;

constexpr double default_processors = 2;
constexpr const char* temporary = ":exec,nosuid,nodev,mode=1777,size="; // programs unpack and run parts there

/// Compose would put variables in place of "$NAME".
std::string literal(std::string_view text)
{
    std::string safe;
    for (const char letter : text) safe.append(letter == '$' ? 2 : 1, letter);
    return safe;
}

Json literals(const std::vector<std::string>& words)
{
    auto list = Json::array();
    for (const auto& word : words) list.push(literal(word));
    return list;
}

Json labels_of(const Stack& stack)
{
    return Json::object(
        {{std::string(instance_label), stack.instance}, {std::string(project_label), stack.id}});
}

/// The short form cannot name a path with a colon.
Json mount(const fs::path& outside, const fs::path& inside, bool writable)
{
    auto json = Json::object(
        {{"type", "bind"}, {"source", literal(outside.native())}, {"target", literal(inside.native())}});
    if (!writable) json.set("read_only", true);
    return json;
}

bool is_own_program(const std::string& word)
{
    return word == program_path().native();
}

Json mounts_of(const Stack& stack, const Service& service)
{
    auto mounts = Json::array();
    if (service.writes_project) mounts.push(mount(stack.folder, stack.folder, true));
    if (service.own_state) mounts.push(mount(home_of(stack, service), home_of(stack, service), true));
    for (const auto& path : service.readable) {
        if (!is_own_program(path.native()))
            mounts.push(mount(path, path, false));
        else
            for (const auto& [outside, inside] : own_program().files)
                mounts.push(mount(outside, inside, false));
    }
    return mounts;
}

std::vector<std::string> command_of(const Service& service)
{
    if (!is_own_program(service.command.front())) return service.command;
    auto words = own_program().launcher;
    words.insert(words.end(), service.command.begin(), service.command.end());
    return words;
}

fs::path home_inside(const Stack& stack, const Service& service)
{
    return service.own_state ? home_of(stack, service) : fs::path("/home") / service.name;
}

Json environment_of(const Stack& stack, const Service& service)
{
    auto environment =
        Json::object({{"HOME", literal(home_inside(stack, service).native())}, {"LANG", "C.UTF-8"}});
    for (const auto& [name, value] : service.environment) environment.set(name, literal(value));
    return environment;
}

Json temporary_folders(const Stack& stack, const Service& service)
{
    auto folders = Json::array();
    folders.push(std::string("/tmp") + temporary + "256m");
    if (!service.own_state) folders.push(literal(home_inside(stack, service).native()) + temporary + "64m");
    return folders;
}

Json logging()
{
    return Json::object(
        {{"driver", "json-file"}, {"options", Json::object({{"max-size", "5m"}, {"max-file", "3"}})}});
}

/// Numbers stand as they are: Compose 1 takes a substituted one for a text and fails at it.
void set_limits(Json& json, const ContainerSpec& wanted, const Surroundings& around)
{
    const auto memory = std::to_string(wanted.memory != 0 ? wanted.memory : around.limits.memory);
    const auto cpus = wanted.cpus > 0 ? wanted.cpus : default_processors;
    json.set("mem_limit", memory);
    json.set("memswap_limit", memory); // equal: no swap on top
    json.set("cpus", std::min(cpus, around.processors));
    json.set("pids_limit", wanted.processes != 0 ? wanted.processes : around.limits.processes);
    const auto files = around.limits.open_files;
    json.set("ulimits",
             Json::object({{"core", 0}, {"nofile", Json::object({{"soft", files}, {"hard", files}})}}));
}

Json network_json(const Stack& stack, const Surroundings& around)
{
    const auto pool = Json::object({{"subnet", around.subnet}});
    return Json::object({{"driver", "bridge"},
                         {"ipam", Json::object({{"config", Json::Array{pool}}})},
                         {"labels", labels_of(stack)}});
}

} // namespace

std::string compose_name(std::string_view stack_id)
{
    return "skerry_" + std::string(stack_id);
}

Json service_json(const Stack& stack, const Service& service, const Surroundings& around)
{
    auto json = Json::object({
        {"image", literal(service.container.image)},
        {"entrypoint", literals(command_of(service))}, // the whole command: the image's own is not wanted
        {"working_dir",
         literal((service.writes_project ? stack.folder : home_inside(stack, service)).native())},
        {"environment", environment_of(stack, service)},
        {"user", std::to_string(around.user) + ":" + std::to_string(around.group)},
        {"init", true}, // else a TERM does not reach who does not expect it as the first process
        {"restart", "unless-stopped"},
        {"stop_grace_period", "5s"},
        {"read_only", true},
        {"cap_drop", std::vector<std::string>{"ALL"}},
        {"security_opt", std::vector<std::string>{"no-new-privileges:true"}},
    });
    set_limits(json, service.container, around);
    json.set("volumes", mounts_of(stack, service));
    json.set("tmpfs", temporary_folders(stack, service));
    if (service.port != 0) {
        const auto port = std::to_string(service.port);
        json.set("ports", std::vector<std::string>{"127.0.0.1:" + port + ":" + port});
    }
    json.set("logging", logging());
    json.set("labels", labels_of(stack).set(service_label, service.name));
    return json;
}

std::string compose_text(const Stack& stack, const Surroundings& around)
{
    auto services = Json::object();
    for (const auto& service : stack.services)
        services.set(service.name, service_json(stack, service, around));
    const auto file = Json::object(
        {{"services", services}, {"networks", Json::object({{"default", network_json(stack, around)}})}});
    return "# Written by skerry at each start: what is changed here is lost.\n" + yaml_of(file);
}

} // namespace skerry::runtime::docker
