#include "runtime/farewells.hpp"

#include "runtime/farewell.hpp"
#include "runtime/pause.hpp"
#include "util/clock.hpp"

#include <algorithm>
#include <memory>

namespace skerry::runtime {

void say_farewells(const std::vector<Service>& services, const ProjectLog& log)
{
    std::vector<std::pair<std::string, std::unique_ptr<FarewellCall>>> calls;
    for (const auto& service : services)
        if (service.farewell && service.port != 0)
            calls.emplace_back(service.name, std::make_unique<FarewellCall>(service.port, *service.farewell));
    const auto deadline = monotonic_now() + farewell_timeout.count();
    const auto all_done = [&] {
        return std::all_of(calls.begin(), calls.end(),
                           [](const auto& call) { return call.second->is_done(); });
    };
    while (!all_done() && monotonic_now() < deadline) pause_for(std::chrono::milliseconds(20), {});
    for (const auto& [name, call] : calls)
        log.host("farewell to " + name + ": " + (call->is_done() ? call->outcome() : "no answer in time"));
}

} // namespace skerry::runtime
