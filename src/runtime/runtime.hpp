#pragma once

#include "runtime/container_spec.hpp"
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
    ContainerSpec container{};
};

/// What runs together: the services of one project.
struct Stack {
    std::string id;               ///< the project's id
    std::filesystem::path folder; ///< the project's files; the working folder of every service
    std::filesystem::path
        state; ///< skerry's own folder for it, not inside `folder`: logs/, the supervisor's files
    std::vector<Service> services;
    std::string instance{}; ///< which skerry of this machine it belongs to: a name of its data folder's own
};

enum class State { starting, running, backing_off, exited };
std::string_view name_of(State state) noexcept;

struct ServiceState {
    std::string name;
    State state = State::exited;
    int pid = 0; ///< on this machine (or the container engine's); 0 when it does not run
    int port = 0;
    int restarts = 0;               ///< since up
    std::optional<int> exit_code{}; ///< of its last end
    Time since = 0;                 ///< when it entered `state`
    std::string trouble{};          ///< what people should know of it: "out of memory", "unhealthy"
};

/// Tells a line of what the runtime does, for people: "starting app".
using Say = std::function<void(std::string_view)>;

/// A command for somebody to run himself, see Runtime::attended().
struct Attended {
    process::Command command;
    std::optional<process::Command> afterwards{}; ///< to be run when it was ended before its time
    bool hands_signals_on = true; ///< else it ends at one itself, whatever it says of how it ended
    bool own_terminal =
        false; ///< it is to get a terminal that is nobody's yet, not the one of whoever runs it
};

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
    /// What does the same as exec() when it is run with somebody's own input, outputs or terminal. What it
    /// needs is made when it is asked for, so it is to be run, once and soon. Throws Error as exec() does.
    virtual Attended attended(const Stack& stack, const Service& service, bool terminal) = 0;
    /// The services as they are now; empty when nothing supervises them.
    virtual std::vector<ServiceState> ps(const std::filesystem::path& state) = 0;
};

struct Settings {
    std::filesystem::path program{}; ///< has the hidden command `__supervise <state folder>`; empty: we have
    Limits limits{};                 ///< of each service
};

/// The runtime of that name ("sandbox", "host", "docker"). Throws Error bad_request for another.
std::unique_ptr<Runtime> make_runtime(std::string_view name, Settings settings = {});

/// Where services have to listen to be reached: 0.0.0.0 where each is in a network of its own, else
/// 127.0.0.1.
std::string listening_address(std::string_view runtime);
/// How another service of the stack reaches that one.
std::string host_of(std::string_view runtime, std::string_view service);

/// Where a runtime keeps the project's log: state/logs/project.log.
std::filesystem::path log_file(const std::filesystem::path& state);

} // namespace skerry::runtime
