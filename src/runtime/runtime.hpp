#pragma once

#include "runtime/limits.hpp"
#include "util/clock.hpp"
#include "util/process.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::runtime {

/// A POST that lets a service end its own work before it is told to go (basic authentication).
struct Farewell {
    std::string path;
    std::string user;
    std::string password;
};

/// One process to keep running.
struct Service {
    std::string name;                 ///< "app", "agent", "model": small letters, digits and hyphens
    std::vector<std::string> command; ///< the program and its arguments, never a shell
    std::vector<std::pair<std::string, std::string>>
        environment{}; ///< all it gets beside PATH, HOME, LANG, TERM
    int port = 0;      ///< what it is going to listen on, on 127.0.0.1
    bool own_state =
        false; ///< gets Stack::state/<name> as its HOME, writable; else HOME is empty and gone with it
    bool writes_project = true; ///< whether it sees the project's folder writable; else not at all
    std::vector<std::filesystem::path>
        readable{}; ///< files and folders outside the system's that it must see
    std::optional<Farewell> farewell{};
};

/// What runs together: the services of one project.
struct Stack {
    std::string id;               ///< the project's id
    std::filesystem::path folder; ///< the project's files; the working folder of every service
    std::filesystem::path
        state; ///< skerry's own folder for it, not inside `folder`: logs/, the supervisor's files
    std::vector<Service> services;
};

enum class State { starting, running, backing_off, exited };
std::string_view name_of(State state) noexcept;

struct ServiceState {
    std::string name;
    State state = State::exited;
    int pid = 0; ///< on this machine; 0 when it does not run
    int port = 0;
    int restarts = 0;               ///< since up
    std::optional<int> exit_code{}; ///< of its last end
    Time since = 0;                 ///< when it entered `state`
};

/// Tells a line of what the runtime does, for people: "starting app".
using Say = std::function<void(std::string_view)>;

/// How a stack is run. Everything may be called twice and by several processes at once.
class Runtime {
public:
    virtual ~Runtime() = default;

    /// Makes the services of `stack` run and returns when they have been started (not when they answer).
    /// Already running with the same services: nothing happens; with others: they are replaced.
    /// Throws Error not_found when a program or a file to read is not there; unavailable when something else
    /// it needs is missing or a service cannot be started (then none is left running); conflict when a port
    /// is taken ("address already in use"); bad_request for a stack that makes no sense; cancelled on stop
    /// (what has been started by then runs on: stop() it).
    virtual void up(const Stack& stack, std::stop_token stop, const Say& say) = 0;
    /// Whether services run that up() would replace: they were started from another description.
    virtual bool runs_other(const Stack& stack) = 0;
    /// Ends every process of the stack within 5 s, farewells first; keeps all data. Not running is fine.
    virtual void stop(const std::filesystem::path& state, const Say& say) = 0;
    /// As stop, and removes what the runtime itself keeps beyond the folders (containers, volumes, groups).
    virtual void remove(const std::filesystem::path& state, const Say& say) = 0;
    /// Runs `service.command` to its end where a service of the stack would run: the same fence, environment
    /// and folder, beside the services or without them. Throws Error as process::run does, and as up() for
    /// what is missing.
    virtual process::Ending exec(const Stack& stack, const Service& service,
                                 const std::function<void(std::string_view)>& line, std::stop_token stop = {},
                                 process::Limits limits = {}) = 0;
    /// The services as they are now; empty when nothing supervises them.
    virtual std::vector<ServiceState> ps(const std::filesystem::path& state) = 0;
};

struct Settings {
    std::filesystem::path program{}; ///< has the hidden command `__supervise <state folder>`; empty: we have
    Limits limits{};                 ///< of each service
};

/// The runtime of that name ("sandbox", "host"). Throws Error bad_request for another.
std::unique_ptr<Runtime> make_runtime(std::string_view name, Settings settings = {});

/// Where a runtime keeps the project's log: state/logs/project.log.
std::filesystem::path log_file(const std::filesystem::path& state);

} // namespace skerry::runtime
