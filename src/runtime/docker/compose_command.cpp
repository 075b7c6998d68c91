#include "runtime/docker/compose_command.hpp"

#include "runtime/docker/engine_call.hpp"
#include "runtime/project_log.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <array>
#include <cstdlib>

namespace skerry::runtime::docker {
namespace {

using std::chrono::seconds;

constexpr std::size_t most_kept_lines = 200; ///< of the output, to tell a failure from
constexpr seconds time_to_clean_up(10);      ///< that Compose gets when it is ended

/// What `words` say about their version; nothing when there is no such program.
std::string version_of(const std::vector<std::string>& words)
{
    std::string text;
    try {
        auto all = words;
        all.emplace_back("version");
        const auto ending = process::run(
            {.words = all, .environment = docker_environment(), .clean_environment = true},
            [&](std::string_view line) { text.append(line).push_back('\n'); }, {}, {.timeout = seconds(20)});
        return ending.good() ? version_in(text) : "";
    } catch (const Error& fault) {
        if (fault.code() != Code::not_found) throw;
        return {};
    }
}

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets variables
    return value == nullptr ? std::string_view() : value;
}

std::vector<std::string> command_of(const Compose& compose, const ComposeProject& project,
                                    std::vector<std::string> words)
{
    auto all = compose.words;
    all.insert(all.end(), {"-p", project.name});
    if (compose.generation == 2)
        all.insert(all.end(), {"--progress", "plain"});
    else
        all.insert(all.end(), {"--ansi", "never"});
    // Not a .env of the project's folder: the agent may write it.
    all.insert(all.end(),
               {"--project-directory", project.folder.native(), "--env-file", project.variables.native()});
    for (const auto& file : project.files) all.insert(all.end(), {"-f", file.native()});
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

/// What Compose 2.26 puts before lines even where nobody looks.
std::string without_controls(std::string_view line)
{
    constexpr std::string_view erase = "\x1b[2K";
    return std::string(line.starts_with(erase) ? line.substr(erase.size()) : line);
}

} // namespace

std::vector<std::pair<std::string, std::string>> docker_environment()
{
    // COMPOSE_... variables would choose other files, names and profiles.
    constexpr std::array names{"PATH",        "HOME",     "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "HTTP_PROXY",
                               "HTTPS_PROXY", "NO_PROXY", "http_proxy",    "https_proxy",     "no_proxy"};
    // The engine that skerry itself talks to, whatever context the user has chosen.
    std::vector<std::pair<std::string, std::string>> kept{
        {"LANG", "C.UTF-8"}, {"DOCKER_HOST", "unix://" + engine_socket().native()}};
    for (const auto* name : names)
        if (const auto value = variable(name); !value.empty()) kept.emplace_back(name, value);
    return kept;
}

std::string version_in(std::string_view text)
{
    for (const auto& word : split(text.substr(0, text.find('\n')), ' ')) {
        const std::string_view number = std::string_view(word).substr(word.starts_with('v') ? 1 : 0);
        if (number.empty() || number[0] < '0' || number[0] > '9' ||
            number.find('.') == std::string_view::npos)
            continue;
        return std::string(number.substr(0, number.find_first_not_of("0123456789.")));
    }
    return {};
}

Compose find_compose()
{
    for (const auto& words :
         {std::vector<std::string>{"docker", "compose"}, std::vector<std::string>{"docker-compose"}}) {
        const auto version = version_of(words);
        if (!version.empty()) return {words, version, version.starts_with("1.") ? 1 : 2};
    }
    const bool has_docker = process::find_program("docker").has_value();
    throw Error(Code::unavailable,
                has_docker ? "Docker is here, but without Compose" : "Docker is not installed",
                {.hint = has_docker ? "apt-get install docker-compose-plugin (or docker-compose)"
                                    : "apt-get install docker.io docker-compose, or see docs/docker.md"});
}

std::optional<Failure> try_compose(const Compose& compose, const ComposeProject& project,
                                   std::vector<std::string> words, std::stop_token stop,
                                   std::chrono::milliseconds timeout)
{
    const ProjectLog log(project.log);
    const auto command = command_of(compose, project, std::move(words));
    log.host(shown(command));
    std::vector<std::string> output;
    const auto heard = [&](std::string_view line) {
        auto text = without_controls(line);
        if (trim(text).empty()) return;
        log.append("docker", {text});
        if (output.size() == most_kept_lines) output.erase(output.begin());
        output.push_back(std::move(text));
    };
    try {
        const auto ending =
            process::run({.words = command,
                          .folder = "/",
                          .environment = docker_environment(),
                          .clean_environment = true,
                          .kept = project.lock >= 0 ? std::vector<int>{project.lock} : std::vector<int>()},
                         heard, std::move(stop), {.timeout = timeout, .grace = time_to_clean_up});
        log.host("exit=" + std::to_string(ending.code));
        return ending.good() ? std::nullopt : std::optional(understand(output));
    } catch (const Error& fault) {
        log.host(fault.what());
        throw;
    }
}

void run_compose(const Compose& compose, const ComposeProject& project, std::vector<std::string> words,
                 std::stop_token stop, std::chrono::milliseconds timeout)
{
    const auto doing = words.front() == "up" ? "start" : words.front() == "down" ? "remove" : words.front();
    if (const auto failure = try_compose(compose, project, std::move(words), std::move(stop), timeout))
        throw error_of(*failure, doing);
}

} // namespace skerry::runtime::docker
