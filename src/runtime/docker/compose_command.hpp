#pragma once

#include "runtime/docker/failure.hpp"
#include "util/process.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::runtime::docker {

/// The Compose of this machine.
struct Compose {
    std::vector<std::string> words; ///< {"docker", "compose"} or {"docker-compose"}
    std::string version;            ///< "2.26.1"
    int generation = 2;             ///< 1 or 2
};

/// The plugin of docker when there is one, else docker-compose 1. Throws Error unavailable with the line that
/// installs it.
Compose find_compose();
/// "2.26.1" in "Docker Compose version v2.26.1-4"; empty when there is none.
std::string version_in(std::string_view text);

/// Where commands for one stack are run: in which files it is described, and where what they say is kept.
struct ComposeProject {
    std::string name;                         ///< Compose's name of it
    std::filesystem::path folder;             ///< what paths in the files are relative to
    std::vector<std::filesystem::path> files; ///< the later ones override the earlier ones; none: go by label
    std::filesystem::path variables;          ///< an ordinary file with those that the files may use
    std::filesystem::path log;                ///< the project's log
    int lock = -1; ///< of the project: the command keeps it open, for it may outlive us when we are killed
};

/// Runs `docker compose <words>` for the project to its end. Its output goes to the log as [docker], the
/// command and how it ended as [host]. Whichever way it is left, its whole process group has been ended.
/// Returns why it failed, or nothing. Throws Error: cancelled on stop, timeout, not_found.
std::optional<Failure> try_compose(const Compose& compose, const ComposeProject& project,
                                   std::vector<std::string> words, std::stop_token stop,
                                   std::chrono::milliseconds timeout);
/// As try_compose, but throws Error as failure.hpp tells when it fails.
void run_compose(const Compose& compose, const ComposeProject& project, std::vector<std::string> words,
                 std::stop_token stop, std::chrono::milliseconds timeout);

/// What docker and Compose get of our environment: nothing that changes what they do to the project, no keys.
std::vector<std::pair<std::string, std::string>> docker_environment();

} // namespace skerry::runtime::docker
