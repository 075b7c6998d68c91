#include "runtime/local_usage.hpp"

#include "runtime/pause.hpp"
#include "runtime/process_tree.hpp"
#include "runtime/supervisor_client.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace skerry::runtime {
namespace {

constexpr std::int64_t interval = 1000; ///< milliseconds

/// Clock ticks that the process has used itself; 0 when it is gone.
std::uint64_t ticks_of(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto end = text.rfind(") "); // its name may hold anything
    if (end == std::string::npos) return 0;
    std::istringstream fields(text.substr(end + 2));
    std::string skipped;
    constexpr int fields_before = 11; // of those after the name
    for (int n = 0; n < fields_before; ++n) fields >> skipped;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    fields >> user >> system;
    return user + system;
}

std::uint64_t ticks_between(const std::map<pid_t, std::uint64_t>& before,
                            const std::map<pid_t, std::uint64_t>& now)
{
    std::uint64_t sum = 0;
    for (const auto& [pid, ticks] : now) {
        const auto found = before.find(pid);
        const auto earlier = found != before.end() ? found->second : 0;
        sum += ticks > earlier ? ticks - earlier : 0;
    }
    return sum;
}

} // namespace

LocalUsage::LocalUsage(std::filesystem::path state, std::uint64_t memory_limit)
    : state_(std::move(state)), memory_limit_(memory_limit)
{
    std::vector<ServiceUsage> unused;
    last_ = sample(unused);
}

LocalUsage::Sample LocalUsage::sample(std::vector<ServiceUsage>& usage) const
{
    Sample taken{.time = monotonic_now()};
    for (const auto& report : reports_of(state_).value_or(std::vector<ServiceReport>())) {
        if (report.state.pid == 0) continue;
        auto processes = descendants_of(report.state.pid);
        processes.push_back(report.state.pid);
        ServiceUsage& service = usage.emplace_back();
        service.service = report.state.name;
        service.memory_limit = memory_limit_;
        service.processes = processes.size();
        auto& ticks = taken.ticks[service.service];
        for (const auto pid : processes) {
            service.memory += memory_of(pid);
            ticks[pid] = ticks_of(pid);
        }
    }
    return taken;
}

std::vector<ServiceUsage> LocalUsage::next(std::stop_token stop)
{
    const std::chrono::milliseconds left(std::max<std::int64_t>(last_.time + interval - monotonic_now(), 0));
    if (!pause_for(left, stop)) throw Error(Code::cancelled, "stopped");
    std::vector<ServiceUsage> usage;
    auto taken = sample(usage);
    const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto seconds = static_cast<double>(std::max<std::int64_t>(taken.time - last_.time, 1)) / 1000;
    for (auto& service : usage)
        service.cpu =
            static_cast<double>(ticks_between(last_.ticks[service.service], taken.ticks[service.service])) /
            ticks_a_second / seconds;
    last_ = std::move(taken);
    return usage;
}

} // namespace skerry::runtime
