#pragma once

#include "agent/policy.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The agent's program: where it is and how it is started so that it keeps to its project and fetches
/// nothing.
namespace skerry::agent {

struct Setup {
    std::filesystem::path program; ///< opencode itself
    int port = 0;
    std::string listen = "127.0.0.1"; ///< on which address
    std::string password;
    std::filesystem::path home; ///< the agent's own, kept between starts
    std::filesystem::path project;
    std::string model;                    ///< "provider/model"
    std::optional<int> model_port{};      ///< where the scripted model of provider "demo" listens ...
    std::string model_host = "127.0.0.1"; ///< ... and on which host
    Policy policy = Policy::allow;
    std::vector<std::pair<std::string, std::string>> keys{}; ///< variables that providers look for
};

/// How to start it. Everything secret is in the environment.
struct Launch {
    std::vector<std::string> command;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<std::filesystem::path> readable; ///< what it must see outside of the system, home and project
};

/// Seeds the home and says how to start. May be done again with the same home. Throws Error.
Launch prepare(const Setup& setup);

/// Folders that opencode may have been installed in with npm, beside PATH.
std::vector<std::filesystem::path> install_folders();

/// The program: `configured` when not empty, else from PATH, else from one of `folders`. Throws Error
/// unavailable with the command that installs it.
std::filesystem::path find_opencode(const std::string& configured,
                                    const std::vector<std::filesystem::path>& folders = install_folders());

} // namespace skerry::agent
