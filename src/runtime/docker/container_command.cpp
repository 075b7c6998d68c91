#include "runtime/docker/container_command.hpp"

#include "runtime/docker/compose_command.hpp"

#include <algorithm>

namespace skerry::runtime::docker {
namespace {

using api::Json;
using Words = std::vector<std::string>;

constexpr std::string_view mark_variable = "SKERRY_EXEC";

void add(Words& words, std::initializer_list<std::string> more)
{
    words.insert(words.end(), more);
}

process::Command docker(Words words)
{
    words.insert(words.begin(), "docker");
    return {.words = std::move(words),
            .folder = "/",
            .environment = docker_environment(),
            .clean_environment = true};
}

/// What docker itself heeds cannot be handed on under its own name.
bool is_heeded(std::string_view name, const process::Command& command)
{
    return name.starts_with("DOCKER_") ||
           std::any_of(command.environment.begin(), command.environment.end(),
                       [&](const auto& variable) { return variable.first == name; });
}

/// By its name only, where that can be: others see the words of a command.
void add_variable(process::Command& command, const std::string& name, const std::string& value)
{
    if (is_heeded(name, command)) return add(command.words, {"-e", name + "=" + value});
    add(command.words, {"-e", name});
    command.environment.emplace_back(name, value);
}

void add_stdio(Words& words, bool terminal)
{
    words.emplace_back("-i");
    if (terminal) words.emplace_back("-t");
}

std::string text_of(const Json& value)
{
    std::string text;
    const auto given = value.is_text() ? value.text() : value.dump();
    for (std::size_t at = 0; at < given.size(); ++at) {
        text += given[at];
        if (given.compare(at, 2, "$$") == 0) ++at;
    }
    return text;
}

/// One value of a comma-separated list.
std::string quoted_value(const std::string& text)
{
    std::string quoted = "\"";
    for (const char letter : text) quoted.append(letter == '"' ? 2 : 1, letter);
    return quoted + '"';
}

std::string mount_option(const Json& mount)
{
    return "type=bind," + quoted_value("source=" + text_of(mount["source"])) + "," +
           quoted_value("target=" + text_of(mount["target"])) +
           (mount["read_only"].boolean() ? ",readonly" : "");
}

void add_limits(Words& words, const Json& service)
{
    for (const auto& capability : service["cap_drop"].items())
        add(words, {"--cap-drop", text_of(capability)});
    for (const auto& option : service["security_opt"].items())
        add(words, {"--security-opt", text_of(option)});
    add(words, {"--read-only", "--user", text_of(service["user"]), "--memory", text_of(service["mem_limit"]),
                "--memory-swap", text_of(service["memswap_limit"]), "--cpus", text_of(service["cpus"]),
                "--pids-limit", text_of(service["pids_limit"]), "--ulimit", "core=0", "--ulimit",
                "nofile=" + text_of(service["ulimits"]["nofile"]["soft"]), "--log-driver", "none"});
}

void add_folders(Words& words, const Json& service)
{
    for (const auto& mount : service["volumes"].items()) add(words, {"--mount", mount_option(mount)});
    for (const auto& folder : service["tmpfs"].items()) add(words, {"--tmpfs", text_of(folder)});
    add(words, {"--workdir", text_of(service["working_dir"])});
}

} // namespace

process::Command exec_command(const std::string& container, const Stack& stack, const Service& service,
                              const std::string& mark, bool terminal)
{
    auto command = docker({"exec"});
    add_stdio(command.words, terminal);
    add_variable(command, std::string(mark_variable), mark);
    if (!service.container.beside.empty()) {
        add_variable(command, "HOME", "/tmp"); // not the home of the service beside it
        for (const auto& [name, value] : service.environment) add_variable(command, name, value);
    }
    if (service.writes_project) add(command.words, {"--workdir", stack.folder.native()});
    command.words.push_back(container);
    command.words.insert(command.words.end(), service.command.begin(), service.command.end());
    return command;
}

process::Command end_marked(const std::string& container, const std::string& mark)
{
    const auto script = "for process in /proc/[0-9]*; do "
                        "grep -q " +
                        std::string(mark_variable) + "=" + mark +
                        " $process/environ 2>/dev/null && kill -9 ${process#/proc/}; done; true";
    return docker({"exec", container, "sh", "-c", script});
}

process::Command remove_command(const std::string& name)
{
    return docker({"rm", "--force", name});
}

process::Command run_command(const Stack& stack, const Service& service, const Surroundings& around,
                             const std::string& name, bool terminal)
{
    const auto json = service_json(stack, service, around);
    auto command = docker({"run", "--rm", "--init", "--name", name});
    add_stdio(command.words, terminal);
    for (const auto& [label, value] : json["labels"].members())
        add(command.words, {"--label", label + "=" + text_of(value)});
    add_limits(command.words, json);
    add_folders(command.words, json);
    for (const auto& [variable, value] : json["environment"].members())
        add_variable(command, variable, text_of(value));
    const auto& words = json["entrypoint"].items();
    add(command.words, {"--entrypoint", text_of(words.front()), text_of(json["image"])});
    for (std::size_t at = 1; at < words.size(); ++at) command.words.push_back(text_of(words[at]));
    return command;
}

} // namespace skerry::runtime::docker
