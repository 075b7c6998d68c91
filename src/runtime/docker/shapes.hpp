#pragma once

#include "util/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::api {
class Json;
}

/// What the engine tells of the things it keeps, as far as skerry wants to know. It is read as what a
/// stranger said: a wrong type is an empty value, what has no id is left out.
namespace skerry::runtime::docker {

using Labels = std::map<std::string, std::string, std::less<>>;

/// Nanoseconds since the epoch: how the engine tells the moments of events and lines.
using Nanoseconds = std::int64_t;

/// "2026-11-29T01:02:33.292108466Z" to the nanosecond; nothing for another text, and for the engine's "never"
/// (the year 1).
std::optional<Nanoseconds> nanoseconds_in(const std::string& text);

enum class ContainerState { created, running, paused, restarting, removing, exited, dead };
enum class Health { none, starting, healthy, unhealthy };
std::string_view name_of(ContainerState state) noexcept;
std::string_view name_of(Health health) noexcept;

/// A container in a list.
struct ContainerSummary {
    std::string id;
    std::string name; ///< without the slash
    std::string image;
    ContainerState state = ContainerState::created;
    Labels labels{};
    Time created = 0;
    std::optional<std::uint64_t> bytes{}; ///< written into it; only when asked for

    [[nodiscard]] std::string_view label(std::string_view key) const;
};

/// A container looked at closely.
struct Container {
    std::string id;
    std::string name;
    std::string image;
    ContainerState state = ContainerState::created;
    Health health = Health::none;
    int exit_code = 0;          ///< of its last end
    bool out_of_memory = false; ///< something in it was; stays so when it runs again
    int restarts = 0;           ///< by the engine, since it was made
    int pid = 0;                ///< on the engine's machine; 0 when it does not run
    bool terminal = false;      ///< its output is a terminal's: no frames, one stream
    std::string error{};        ///< why it could not be started
    Time started = 0;           ///< 0: never
    Time finished = 0;          ///< 0: never
    Labels labels{};
};

struct Image {
    std::string id;
    std::vector<std::string> tags{};
    std::uint64_t bytes = 0;
    Time created = 0;
    Labels labels{};
};

struct Network {
    std::string id;
    std::string name;
    Labels labels{};
    std::vector<std::string> subnets{}; ///< "10.201.0.16/28"
};

struct Volume {
    std::string name;
    Labels labels{};
    std::optional<std::uint64_t> bytes{}; ///< only when asked for
};

/// Something happened to a container (or an image, a network ...).
struct EngineEvent {
    std::string kind;   ///< "container"
    std::string action; ///< "start", "die", "oom", "health_status: healthy", "destroy"
    std::string id;
    Labels attributes{}; ///< name, image, exitCode and all labels of a container
    Nanoseconds time = 0;
};

/// What a container uses, once a second.
struct Usage {
    double cpu = 0;                 ///< cores: 0.5 is half of one
    std::uint64_t memory = 0;       ///< bytes, without what the kernel can give back at once
    std::uint64_t memory_limit = 0; ///< bytes
    std::uint64_t processes = 0;
    std::uint64_t received = 0; ///< bytes from the network since its start
    std::uint64_t sent = 0;
    std::uint64_t read = 0; ///< bytes from disks
    std::uint64_t written = 0;
};

std::optional<ContainerSummary> summary_of(const api::Json& json);
std::optional<Container> container_of(const api::Json& json);
std::optional<Image> image_of(const api::Json& json);
std::optional<Network> network_of(const api::Json& json);
std::optional<Volume> volume_of(const api::Json& json);
std::optional<EngineEvent> event_of(const api::Json& json);
/// The share of the processor needs a frame with the one before it, which all but the first have.
Usage usage_of(const api::Json& json);

} // namespace skerry::runtime::docker
