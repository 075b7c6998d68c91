#pragma once

#include "runtime/docker/frames.hpp"
#include "runtime/docker/shapes.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime::docker {

/// What containers, networks and volumes must carry to be listed: a label's value, or any when it is empty.
using Wanted = std::vector<std::pair<std::string, std::string>>;

/// Which lines of a container's output.
struct LogQuery {
    Nanoseconds since = 0; ///< from this moment on; 0: from the beginning
    bool follow = false;
    std::optional<int> tail{}; ///< at most so many of the last
};

/// The Docker engine on this machine, over its unix socket. For any thread; each call has a connection of its
/// own. All that it says is checked and bounded.
///
/// Every call throws Error: unavailable when the engine does not run, may not be used or fails (in its own
/// words); not_found and conflict as it says; timeout; cancelled on stop, which is noticed at once.
class Engine {
public:
    explicit Engine(std::filesystem::path socket);
    /// At engine_socket(). Throws Error bad_request.
    Engine();

    struct Version {
        std::string engine; ///< "20.10.24"
        std::string api;    ///< "1.41"
        std::string kernel;
    };
    [[nodiscard]] Version version(std::stop_token stop = {}) const;

    /// Running or not. `with_sizes` costs the engine a walk over what was written in each.
    [[nodiscard]] std::vector<ContainerSummary> containers(const Wanted& labels, std::stop_token stop = {},
                                                           bool with_sizes = false) const;
    /// By id or name.
    [[nodiscard]] Container container(std::string_view id, std::stop_token stop = {}) const;
    [[nodiscard]] std::optional<Container> find_container(std::string_view id,
                                                          std::stop_token stop = {}) const;
    /// By name ("node:20-slim") or id; nothing when it is not here.
    [[nodiscard]] std::optional<Image> find_image(std::string_view name, std::stop_token stop = {}) const;
    [[nodiscard]] std::vector<Image> images(const Wanted& labels, std::stop_token stop = {}) const;
    [[nodiscard]] std::vector<Network> networks(const Wanted& labels, std::stop_token stop = {}) const;
    [[nodiscard]] std::vector<Volume> volumes(const Wanted& labels, std::stop_token stop = {}) const;
    /// As volumes, with how large they are, for which the engine walks over all of them.
    [[nodiscard]] std::vector<Volume> volumes_with_sizes(const Wanted& labels,
                                                         std::stop_token stop = {}) const;

    void start(std::string_view container, std::stop_token stop = {}) const;
    /// TERM, and KILL after `seconds`. One that does not run is fine; likewise kill().
    void stop(std::string_view container, int seconds, std::stop_token stop = {}) const;
    void kill(std::string_view container, std::string_view signal = "KILL", std::stop_token stop = {}) const;

    /// Running or not, with its volumes that have no name. Nothing there is fine; likewise the next ones.
    void remove_container(std::string_view container, std::stop_token stop = {}) const;
    /// Throws Error conflict when a container is attached to it.
    void remove_network(std::string_view network, std::stop_token stop = {}) const;
    /// Throws Error conflict when a container uses it.
    void remove_volume(std::string_view volume, std::stop_token stop = {}) const;
    void remove_image(std::string_view image, std::stop_token stop = {}) const;

    /// Hands on each line that a container wrote, as long as `line` returns true; with `follow` until it
    /// ends.
    void logs(std::string_view container, const LogQuery& query, const std::function<bool(OutputLine)>& line,
              std::stop_token stop = {}) const;
    /// Hands on what happens to containers that carry `labels` from now on, as long as `event` returns true;
    /// `connected` is called before the first. Returns when the engine ends.
    void events(const Wanted& labels, const std::function<bool(const EngineEvent&)>& event,
                std::stop_token stop = {}, const std::function<void()>& connected = {}) const;
    /// Hands on what a container uses, once a second, as long as `usage` returns true and it runs.
    void stats(std::string_view container, const std::function<bool(const Usage&)>& usage,
               std::stop_token stop = {}) const;

    [[nodiscard]] const std::filesystem::path& socket() const noexcept { return socket_; }
    /// "/v1.41" + path: the newest form of the API that both sides speak.
    [[nodiscard]] std::string versioned(std::string_view path, std::stop_token stop = {}) const;

private:
    std::filesystem::path socket_;
    mutable std::mutex mutex_;
    mutable std::string prefix_; ///< "/v1.41" once it is known
};

} // namespace skerry::runtime::docker
