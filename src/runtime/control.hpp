#pragma once

#include "api/json.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <string>
#include <vector>

namespace skerry::runtime {

/// Asks the supervisor of a stack: one JSON object there, {"op": "ps"}, one back.
/// Throws Error not_found when none listens, timeout, unavailable for other reasons.
api::Json ask(const std::filesystem::path& state, const api::Json& question,
              std::chrono::milliseconds timeout);

/// The supervisor's end: a unix socket that answers processes of the same user, a line of JSON for a line of
/// JSON. Never blocks; for use in a loop around poll().
class ControlServer {
public:
    using Answer = std::function<api::Json(const api::Json&)>;

    /// Takes the name of the socket, replacing one that a dead supervisor left. Throws Error.
    explicit ControlServer(const std::filesystem::path& state);
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ~ControlServer();

    /// From here on it can be connected to, and the peer of those who do is this process.
    void listen();
    /// What to poll for.
    void add_to(std::vector<pollfd>& files) const;
    /// Serves what is ready without waiting for more.
    void serve(const Answer& answer);

private:
    struct Connection {
        Descriptor socket;
        std::string question{};
        std::int64_t since = 0;
    };
    void accept_new();
    /// False when the connection is over.
    static bool serve_one(Connection& connection, const Answer& answer);

    std::filesystem::path path_;
    Descriptor socket_;
    std::vector<Connection> connections_;
};

} // namespace skerry::runtime
