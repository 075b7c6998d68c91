#include "runtime/docker/engine.hpp"

#include "api/json.hpp"
#include "runtime/docker/engine_call.hpp"
#include "runtime/docker/engine_filters.hpp"
#include "runtime/docker/engine_streams.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::runtime::docker {
namespace {

using api::Json;
using namespace std::chrono_literals;

constexpr std::size_t most_things = 10'000; // in a list

/// What is to be taken out of a list; what makes no sense in it is left out.
template <class Thing>
std::vector<Thing> things_in(const Json& list, std::optional<Thing> (*read)(const Json&))
{
    std::vector<Thing> things;
    for (const auto& item : list.items()) {
        if (things.size() == most_things) break;
        if (auto thing = read(item)) things.push_back(std::move(*thing));
    }
    return things;
}

/// Nothing there is fine, for those who want it gone.
template <class Call> void unless_gone(const Call& call)
{
    try {
        call();
    } catch (const Error& fault) {
        if (fault.code() != Code::not_found) throw;
    }
}

std::string in_container(std::string_view container, std::string_view what)
{
    return "/containers/" + path_part(container) + std::string(what);
}

bool carries(const Labels& labels, const Wanted& wanted)
{
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
        const auto found = labels.find(one.first);
        return found != labels.end() && (one.second.empty() || found->second == one.second);
    });
}

/// "1.41" as 41; what is no version 1 is nothing.
std::optional<std::int64_t> minor_of(std::string_view version)
{
    return version.starts_with("1.") ? number_in(version.substr(2)) : std::nullopt;
}

} // namespace

Engine::Engine(std::filesystem::path socket) : socket_(std::move(socket)) {}

Engine::Engine() : Engine(engine_socket()) {}

std::string Engine::versioned(std::string_view path, std::stop_token stop) const
{
    constexpr std::int64_t newest = 47; // that this was written for
    const std::lock_guard guard(mutex_);
    if (prefix_.empty()) {
        const auto version = json_answer_to(socket_, {.path = "/version"}, std::move(stop));
        const auto minor = minor_of(version["ApiVersion"].view());
        const auto oldest = minor_of(version["MinAPIVersion"].view());
        if (!minor)
            throw Error(Code::unavailable, "what listens at " + socket_.string() + " is no Docker engine");
        prefix_ = "/v1." + std::to_string(std::max(std::min(*minor, newest), oldest.value_or(0)));
    }
    return prefix_ + std::string(path);
}

Engine::Version Engine::version(std::stop_token stop) const
{
    const auto said = json_answer_to(socket_, {.path = versioned("/version", stop)}, stop);
    const auto text = [&](std::string_view name) { return one_line(said[name].view(), 100); };
    return {text("Version"), text("ApiVersion"), text("KernelVersion")};
}

std::vector<ContainerSummary> Engine::containers(const Wanted& labels, std::stop_token stop,
                                                 bool with_sizes) const
{
    const auto path =
        with_query("/containers/json",
                   {{"all", "1"}, {"size", with_sizes ? "1" : ""}, {"filters", filters_for(labels).dump()}});
    const EngineCall call{.path = versioned(path, stop), .patience = with_sizes ? 5min : 30s};
    auto found = things_in(json_answer_to(socket_, call, stop), summary_of);
    // The engine leaves out a size of nothing.
    for (auto& one : found)
        if (with_sizes && !one.bytes) one.bytes = 0;
    return found;
}

Container Engine::container(std::string_view id, std::stop_token stop) const
{
    const auto path = versioned(in_container(id, "/json"), stop);
    if (auto found = container_of(json_answer_to(socket_, {.path = path}, stop))) return std::move(*found);
    throw Error(Code::unavailable, "the Docker engine describes a container without an id");
}

std::optional<Container> Engine::find_container(std::string_view id, std::stop_token stop) const
{
    std::optional<Container> found;
    unless_gone([&] { found = container(id, stop); });
    return found;
}

std::optional<Image> Engine::find_image(std::string_view name, std::stop_token stop) const
{
    std::optional<Image> found;
    const auto path = versioned("/images/" + path_part(name) + "/json", stop);
    unless_gone([&] { found = image_of(json_answer_to(socket_, {.path = path}, stop)); });
    return found;
}

std::vector<Image> Engine::images(const Wanted& labels, std::stop_token stop) const
{
    const auto path = with_query("/images/json", {{"filters", filters_for(labels).dump()}});
    return things_in(json_answer_to(socket_, {.path = versioned(path, stop)}, stop), image_of);
}

std::vector<Network> Engine::networks(const Wanted& labels, std::stop_token stop) const
{
    const auto path = with_query("/networks", {{"filters", filters_for(labels).dump()}});
    return things_in(json_answer_to(socket_, {.path = versioned(path, stop)}, stop), network_of);
}

std::vector<Volume> Engine::volumes(const Wanted& labels, std::stop_token stop) const
{
    const auto path = with_query("/volumes", {{"filters", filters_for(labels).dump()}});
    return things_in(json_answer_to(socket_, {.path = versioned(path, stop)}, stop)["Volumes"], volume_of);
}

std::vector<Volume> Engine::volumes_with_sizes(const Wanted& labels, std::stop_token stop) const
{
    const EngineCall call{.path = versioned("/system/df?type=volume", stop), .patience = 5min};
    auto volumes = things_in(json_answer_to(socket_, call, stop)["Volumes"], volume_of);
    std::erase_if(volumes, [&](const Volume& volume) { return !carries(volume.labels, labels); });
    return volumes;
}

void Engine::start(std::string_view container, std::stop_token stop) const
{
    answer_to(socket_, {"POST", versioned(in_container(container, "/start"), stop), {}, 2min}, stop);
}

void Engine::stop(std::string_view container, int seconds, std::stop_token stop) const
{
    const auto path = in_container(container, "/stop?t=" + std::to_string(seconds));
    answer_to(socket_, {"POST", versioned(path, stop), {}, std::chrono::seconds(seconds) + 30s}, stop);
}

void Engine::kill(std::string_view container, std::string_view signal, std::stop_token stop) const
{
    const auto path = with_query(in_container(container, "/kill"), {{"signal", std::string(signal)}});
    try {
        answer_to(socket_, {"POST", versioned(path, stop), {}, 30s}, stop);
    } catch (const Error& fault) {
        if (fault.code() != Code::conflict) throw; // it does not run
    }
}

void Engine::remove_container(std::string_view container, std::stop_token stop) const
{
    const auto path = versioned(in_container(container, "?force=1&v=1"), stop);
    try {
        unless_gone([&] { answer_to(socket_, {"DELETE", path, {}, 2min}, stop); });
    } catch (const Error& fault) { // one that was run with --rm may be going by itself
        if (std::string_view(fault.what()).find("already in progress") == std::string_view::npos) throw;
    }
}

void Engine::remove_network(std::string_view network, std::stop_token stop) const
{
    const auto path = versioned("/networks/" + path_part(network), stop);
    try {
        unless_gone([&] { answer_to(socket_, {"DELETE", path, {}, 1min}, stop); });
    } catch (const Error& fault) {
        // The engine says "forbidden" where it means a conflict; its words tell the two apart.
        if (fault.code() != Code::unavailable ||
            std::string_view(fault.what()).find("active endpoints") == std::string_view::npos)
            throw;
        throw Error(Code::conflict, fault.what());
    }
}

void Engine::remove_volume(std::string_view volume, std::stop_token stop) const
{
    const auto path = versioned("/volumes/" + path_part(volume), stop);
    unless_gone([&] { answer_to(socket_, {"DELETE", path, {}, 2min}, stop); });
}

void Engine::remove_image(std::string_view image, std::stop_token stop) const
{
    const auto path = versioned("/images/" + path_part(image), stop);
    unless_gone([&] { answer_to(socket_, {"DELETE", path, {}, 2min}, stop); });
}

void Engine::logs(std::string_view container, const LogQuery& query,
                  const std::function<bool(OutputLine)>& line, std::stop_token stop) const
{
    LogStream stream(*this, container, query, std::move(stop));
    bool wanted = true;
    const auto hand_on = [&](OutputLine one) { wanted = wanted && line(std::move(one)); };
    while (wanted && stream.read(hand_on)) {
    }
}

void Engine::events(const Wanted& labels, const std::function<bool(const EngineEvent&)>& event,
                    std::stop_token stop, const std::function<void()>& connected) const
{
    auto stream = open_events(*this, labels, std::move(stop));
    if (connected) connected();
    bool wanted = true;
    const auto hand_on = [&](const Json& json) {
        if (const auto one = event_of(json); one && wanted) wanted = event(*one);
    };
    while (wanted && stream.read(hand_on)) {
    }
}

void Engine::stats(std::string_view container, const std::function<bool(const Usage&)>& usage,
                   std::stop_token stop) const
{
    auto stream = open_stats(*this, container, std::move(stop));
    bool wanted = true;
    const auto hand_on = [&](const Json& json) { wanted = wanted && usage(usage_of(json)); };
    while (wanted && stream.read(hand_on)) {
    }
}

} // namespace skerry::runtime::docker
