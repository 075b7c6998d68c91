#include "runtime/docker/shapes.hpp"

#include "api/json.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <array>

namespace skerry::runtime::docker {
namespace {

using api::Json;

constexpr Nanoseconds second = 1'000'000'000;
constexpr Nanoseconds millisecond = 1'000'000;
constexpr std::size_t longest_text = 4096; // of a name, an image, a message
constexpr std::size_t most_labels = 200;

std::string clipped(const Json& json)
{
    return std::string(json.view().substr(0, longest_text));
}

int int_of(const Json& json)
{
    return static_cast<int>(std::clamp<std::int64_t>(json.number(), -1'000'000'000, 1'000'000'000));
}

std::uint64_t bytes_of(const Json& json)
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(json.number(), 0));
}

/// Seconds since the epoch.
Time time_of_seconds(const Json& json)
{
    constexpr std::int64_t latest = 253'402'300'799; // the end of the year 9999
    return std::clamp<std::int64_t>(json.number(), 0, latest) * 1000;
}

Time time_of_text(const Json& json)
{
    return nanoseconds_in(clipped(json)).value_or(0) / millisecond;
}

Labels labels_of(const Json& json)
{
    Labels labels;
    for (const auto& [name, value] : json.members())
        if (labels.size() < most_labels) labels.emplace(name.substr(0, longest_text), clipped(value));
    return labels;
}

std::string without_slash(std::string name)
{
    if (name.starts_with('/')) name.erase(0, 1);
    return name;
}

constexpr std::array states{ContainerState::created,    ContainerState::running,  ContainerState::paused,
                            ContainerState::restarting, ContainerState::removing, ContainerState::exited,
                            ContainerState::dead};

ContainerState state_of(const Json& json)
{
    const auto* const found = std::find_if(
        states.begin(), states.end(), [&](ContainerState state) { return name_of(state) == json.view(); });
    return found != states.end() ? *found : ContainerState::dead;
}

Health health_of(const Json& json)
{
    for (const auto health : {Health::starting, Health::healthy, Health::unhealthy})
        if (name_of(health) == json.view()) return health;
    return Health::none;
}

/// In nanoseconds of processor time, of the container and of the whole machine.
double cores_used(const Json& now, const Json& before)
{
    const auto used = now["cpu_usage"]["total_usage"].real() - before["cpu_usage"]["total_usage"].real();
    const auto passed = now["system_cpu_usage"].real() - before["system_cpu_usage"].real();
    const auto cores = std::max<std::int64_t>(now["online_cpus"].number(), 1);
    if (before["system_cpu_usage"].is_null() || used <= 0 || passed <= 0) return 0;
    return used / passed * static_cast<double>(cores);
}

/// What the kernel would give back under pressure is not counted; the two versions of control groups name it
/// differently.
std::uint64_t memory_used(const Json& memory)
{
    const auto all = bytes_of(memory["usage"]);
    const auto& details = memory["stats"];
    const auto idle = bytes_of(details.has("total_inactive_file") ? details["total_inactive_file"]
                                                                  : details["inactive_file"]);
    return all > idle ? all - idle : all;
}

std::uint64_t disk_bytes(const Json& entries, std::string_view operation)
{
    std::uint64_t sum = 0;
    for (const auto& entry : entries.items()) {
        auto name = entry["op"].text();
        if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z')
            name[0] = static_cast<char>(name[0] - 'A' + 'a');
        if (name == operation) sum += bytes_of(entry["value"]);
    }
    return sum;
}

} // namespace

std::string_view name_of(ContainerState state) noexcept
{
    switch (state) {
    case ContainerState::created: return "created";
    case ContainerState::running: return "running";
    case ContainerState::paused: return "paused";
    case ContainerState::restarting: return "restarting";
    case ContainerState::removing: return "removing";
    case ContainerState::exited: return "exited";
    case ContainerState::dead: return "dead";
    }
    return "dead";
}

std::string_view name_of(Health health) noexcept
{
    switch (health) {
    case Health::none: return "none";
    case Health::starting: return "starting";
    case Health::healthy: return "healthy";
    case Health::unhealthy: return "unhealthy";
    }
    return "none";
}

std::optional<Nanoseconds> nanoseconds_in(const std::string& text)
{
    const auto dot = text.find('.');
    const auto zone = text.find_first_of("Zz+-", text.find('T') + 1);
    if (text.find('T') == std::string::npos || zone == std::string::npos) return std::nullopt;
    Nanoseconds fraction = 0;
    if (dot < zone) {
        Nanoseconds unit = second / 10;
        for (auto at = dot + 1; at < zone; ++at, unit /= 10) {
            if (text[at] < '0' || text[at] > '9') return std::nullopt;
            fraction += (text[at] - '0') * unit;
        }
    }
    try {
        const auto whole = parse_time(text.substr(0, std::min(dot, zone)) + text.substr(zone)) / 1000;
        constexpr Time latest = 9'000'000'000; // what 64 bits of nanoseconds hold
        if (whole <= 0 || whole > latest) return std::nullopt;
        return whole * second + fraction;
    } catch (const Error&) {
        return std::nullopt; // no time at all
    }
}

std::string_view ContainerSummary::label(std::string_view key) const
{
    const auto found = labels.find(key);
    return found != labels.end() ? std::string_view(found->second) : std::string_view();
}

std::optional<ContainerSummary> summary_of(const Json& json)
{
    if (json["Id"].view().empty()) return std::nullopt;
    const auto& names = json["Names"].items();
    return ContainerSummary{.id = clipped(json["Id"]),
                            .name = names.empty() ? std::string() : without_slash(clipped(names.front())),
                            .image = clipped(json["Image"]),
                            .state = state_of(json["State"]),
                            .labels = labels_of(json["Labels"]),
                            .created = time_of_seconds(json["Created"]),
                            .bytes =
                                json.has("SizeRw") ? std::optional(bytes_of(json["SizeRw"])) : std::nullopt};
}

std::optional<Container> container_of(const Json& json)
{
    if (json["Id"].view().empty()) return std::nullopt;
    const auto& state = json["State"];
    return Container{.id = clipped(json["Id"]),
                     .name = without_slash(clipped(json["Name"])),
                     .image = clipped(json["Config"]["Image"]),
                     .state = state_of(state["Status"]),
                     .health = health_of(state["Health"]["Status"]),
                     .exit_code = int_of(state["ExitCode"]),
                     .out_of_memory = state["OOMKilled"].boolean(),
                     .restarts = int_of(json["RestartCount"]),
                     .pid = int_of(state["Pid"]),
                     .terminal = json["Config"]["Tty"].boolean(),
                     .error = clipped(state["Error"]),
                     .started = time_of_text(state["StartedAt"]),
                     .finished = time_of_text(state["FinishedAt"]),
                     .labels = labels_of(json["Config"]["Labels"])};
}

std::optional<Image> image_of(const Json& json)
{
    if (json["Id"].view().empty()) return std::nullopt;
    Image image{.id = clipped(json["Id"]), .bytes = bytes_of(json["Size"])};
    for (const auto& tag : json["RepoTags"].items()) image.tags.push_back(clipped(tag));
    // A list tells seconds and labels; a single image a text, and labels further down.
    image.created =
        json["Created"].is_text() ? time_of_text(json["Created"]) : time_of_seconds(json["Created"]);
    image.labels = labels_of(json.has("Config") ? json["Config"]["Labels"] : json["Labels"]);
    return image;
}

std::optional<Network> network_of(const Json& json)
{
    if (json["Id"].view().empty()) return std::nullopt;
    Network network{clipped(json["Id"]), clipped(json["Name"]), labels_of(json["Labels"])};
    for (const auto& pool : json["IPAM"]["Config"].items())
        if (!pool["Subnet"].view().empty()) network.subnets.push_back(clipped(pool["Subnet"]));
    return network;
}

std::optional<Volume> volume_of(const Json& json)
{
    if (json["Name"].view().empty()) return std::nullopt;
    const auto& bytes = json["UsageData"]["Size"];
    return Volume{.name = clipped(json["Name"]),
                  .labels = labels_of(json["Labels"]),
                  .bytes = bytes.number(-1) >= 0 ? std::optional(bytes_of(bytes)) : std::nullopt};
}

std::optional<EngineEvent> event_of(const Json& json)
{
    if (json["Action"].view().empty()) return std::nullopt;
    return EngineEvent{.kind = clipped(json["Type"]),
                       .action = clipped(json["Action"]),
                       .id = clipped(json["Actor"]["ID"]),
                       .attributes = labels_of(json["Actor"]["Attributes"]),
                       .time = json["timeNano"].number()};
}

Usage usage_of(const Json& json)
{
    Usage usage{.cpu = cores_used(json["cpu_stats"], json["precpu_stats"]),
                .memory = memory_used(json["memory_stats"]),
                .memory_limit = bytes_of(json["memory_stats"]["limit"]),
                .processes = bytes_of(json["pids_stats"]["current"])};
    for (const auto& [name, network] : json["networks"].members()) {
        usage.received += bytes_of(network["rx_bytes"]);
        usage.sent += bytes_of(network["tx_bytes"]);
    }
    const auto& disks = json["blkio_stats"]["io_service_bytes_recursive"];
    usage.read = disk_bytes(disks, "read");
    usage.written = disk_bytes(disks, "write");
    return usage;
}

} // namespace skerry::runtime::docker
