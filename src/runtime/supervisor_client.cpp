#include "runtime/supervisor_client.hpp"

#include "runtime/background.hpp"
#include "runtime/control.hpp"
#include "runtime/control_group.hpp"
#include "runtime/pause.hpp"
#include "runtime/stack_file.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <csignal>
#include <unistd.h>

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds answer_timeout(3000);
constexpr std::int64_t start_timeout = 20'000; ///< milliseconds
constexpr std::int64_t stop_timeout = 7000;    ///< the supervisor itself needs less than 5 s
constexpr std::int64_t kill_timeout = 3000;
constexpr milliseconds step(10);

bool wait_for_end(const fs::path& state, std::int64_t timeout)
{
    const auto deadline = monotonic_now() + timeout;
    while (is_supervised(state)) {
        if (monotonic_now() >= deadline) return false;
        pause_for(step, {});
    }
    return true;
}

bool tell_to_stop(const fs::path& state)
{
    try {
        ask(state, api::Json::object({{"op", "stop"}}), answer_timeout);
        return true;
    } catch (const Error&) { // it hangs, or ends in this very moment: whoever asks looks at its lock
        return false;
    }
}

/// What a supervisor that was killed could not remove itself.
void remove_leftovers(const fs::path& state)
{
    ::unlink(control_socket(state).c_str());
    if (!fs::exists(stack_file(state))) return;
    if (const auto id = read_plan(state).stack.id; !id.empty())
        remove_groups(find_group_places(), "skerry-" + id + "-");
    ::unlink(stack_file(state).c_str());
}

std::string last_words(const fs::path& state)
{
    const auto text = read_file_if_any(state / "logs" / "supervisor.log").value_or("");
    return text.empty() ? ""
                        : ": " + one_line(text.size() > 400 ? text.substr(text.size() - 400) : text, 400);
}

} // namespace

bool is_supervised(const fs::path& state)
{
    return FileLock::is_held(supervisor_lock(state));
}

std::optional<std::vector<ServiceReport>> reports_of(const fs::path& state, milliseconds timeout)
{
    const auto deadline = monotonic_now() + timeout.count();
    while (is_supervised(state)) {
        try {
            const auto answer = ask(state, api::Json::object({{"op", "ps"}}), timeout);
            std::vector<ServiceReport> reports;
            for (const auto& report : answer["services"].items()) reports.push_back(report_of(report));
            return reports;
        } catch (const Error& error) {
            if (error.code() == Code::not_found) return std::nullopt; // it does not listen yet
            if (error.code() == Code::timeout || monotonic_now() >= deadline) throw;
            pause_for(step, {}); // it broke off: if it is ending, its lock will be free in a moment
        }
    }
    return std::nullopt;
}

namespace {

/// While it makes sandboxes a supervisor does not answer; on a busy machine that takes a while.
std::optional<std::vector<ServiceReport>> reports_so_far(const fs::path& state)
{
    try {
        return reports_of(state, milliseconds(500));
    } catch (const Error& error) {
        if (error.code() != Code::timeout) throw;
        return std::nullopt;
    }
}

} // namespace

std::vector<ServiceReport> wait_for_start(const fs::path& state, std::stop_token stop)
{
    const auto deadline = monotonic_now() + start_timeout;
    const auto is_starting = [](const ServiceReport& report) {
        return report.state.state == State::starting;
    };
    while (monotonic_now() < deadline) {
        if (!is_supervised(state))
            throw Error(Code::unavailable, "the supervisor ended at its start" + last_words(state));
        const auto reports = reports_so_far(state);
        if (reports && std::none_of(reports->begin(), reports->end(), is_starting)) return *reports;
        if (!pause_for(step, stop)) throw Error(Code::cancelled, "starting the services was cancelled");
    }
    throw Error(Code::timeout, "the services were not started within " + for_people(start_timeout));
}

bool end_supervisor(const fs::path& state)
{
    const bool lived = is_supervised(state);
    const bool ended = !lived || (tell_to_stop(state) && wait_for_end(state, stop_timeout));
    if (!ended && is_supervised(state)) {
        if (const auto pid = read_pid(supervisor_lock(state))) ::kill(*pid, SIGKILL);
        if (!wait_for_end(state, kill_timeout))
            throw Error(Code::timeout, "the supervisor in " + state.string() + " does not end");
    }
    remove_leftovers(state);
    return lived;
}

} // namespace skerry::runtime
