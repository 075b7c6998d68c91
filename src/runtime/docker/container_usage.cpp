#include "runtime/docker/container_usage.hpp"

#include "api/json.hpp"
#include "runtime/docker/compose_file.hpp"
#include "util/error.hpp"

#include <utility>

namespace skerry::runtime::docker {
namespace {

ServiceUsage service_usage(const std::string& service, const Usage& usage)
{
    return {.service = service,
            .cpu = usage.cpu,
            .memory = usage.memory,
            .memory_limit = usage.memory_limit,
            .processes = usage.processes,
            .received = usage.received,
            .sent = usage.sent,
            .read = usage.read,
            .written = usage.written};
}

} // namespace

ContainerUsage::ContainerUsage(std::string stack_id) : stack_id_(std::move(stack_id))
{
    open_new({});
}

/// Those that have been started since.
void ContainerUsage::open_new(const std::stop_token& stop)
{
    for (const auto& container : engine_.containers({{std::string(project_label), stack_id_}}, stop)) {
        const auto service = container.label(service_label);
        const bool wanted = container.state == ContainerState::running && !service.empty();
        if (!wanted || measured_.count(container.id) != 0) continue;
        try {
            measured_.emplace(container.id,
                              Measured{std::string(service), open_stats(engine_, container.id, stop)});
        } catch (const Error& fault) {
            if (fault.code() != Code::not_found) throw; // just removed
        }
    }
}

std::vector<ServiceUsage> ContainerUsage::next(std::stop_token stop)
{
    open_new(stop);
    std::vector<ServiceUsage> usage;
    for (auto each = measured_.begin(); each != measured_.end();) {
        auto& one = each->second;
        const auto seen = one.frames;
        bool runs = true;
        const auto take = [&](const api::Json& json) {
            // One that has ended is told of with nothing in it.
            if (json["memory_stats"]["usage"].is_null() && json["pids_stats"]["current"].is_null())
                runs = false;
            ++one.frames;
            one.last = service_usage(one.service, usage_of(json));
        };
        while (runs && (one.frames < 2 || one.frames == seen))
            if (!one.stream.read(take)) runs = false;
        if (runs && one.stream.read_now(take)) usage.push_back(one.last);
        each = runs ? std::next(each) : measured_.erase(each);
    }
    return usage;
}

} // namespace skerry::runtime::docker
