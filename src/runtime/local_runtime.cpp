#include "runtime/local_runtime.hpp"

#include "runtime/home.hpp"
#include "runtime/sandbox/bubblewrap.hpp"
#include "runtime/stack_check.hpp"
#include "runtime/supervisor_client.hpp"
#include "runtime/take_turn.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"
#include "util/process.hpp"

#include <algorithm>
#include <cstdlib>

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// Services of a stack that has just ended may hold their ports for a moment.
constexpr milliseconds patience_after_end(3000);

bool runs_already(const Plan& plan)
{
    const auto& state = plan.stack.state;
    if (read_file_if_any(stack_file(state)) != to_text(plan)) return false;
    const auto reports = reports_of(state);
    return reports && std::all_of(reports->begin(), reports->end(), [](const ServiceReport& report) {
               return report.state.state != State::exited;
           });
}

std::string search_path()
{
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets variables
    return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

/// The options come in a file that is gone before the command begins: others could read a command line.
process::Command command_in_sandbox(const Stack& stack, const Service& service)
{
    program_in_sandbox(stack, service);
    std::string options;
    for (const auto& option : sandbox_options(stack, service, find_fence()))
        options.append(option).push_back('\0');
    const auto file = stack.state / ("exec-" + random_id() + ".options");
    write_file(file, options);
    process::Command command{.words = {"/bin/sh", "-c",
                                       "exec 3<\"$1\" && rm -f \"$1\" && shift && exec \"$@\"", "sh",
                                       file.native(), bubblewrap().native(), "--args", "3", "--"},
                             .folder = "/",
                             .clean_environment = true};
    command.words.insert(command.words.end(), service.command.begin(), service.command.end());
    return command;
}

process::Command command_on_host(const Stack& stack, const Service& service)
{
    const auto home = home_of(stack, service);
    make_private_folder(home);
    process::Command command{
        .words = service.command,
        .folder = stack.folder,
        .environment = {{"PATH", search_path()}, {"HOME", home.native()}, {"LANG", "C.UTF-8"}},
        .clean_environment = true};
    for (const auto& variable : service.environment) command.environment.push_back(variable);
    return command;
}

} // namespace

Plan LocalRuntime::plan_of(const Stack& stack) const
{
    Plan plan{.stack = stack, .limits = settings_.limits, .search_path = search_path()};
    if (!fenced_) return plan;
    plan.fence = find_fence();
    for (const auto& service : plan.stack.services) {
        program_in_sandbox(plan.stack, service);
        sandbox_options(plan.stack, service, *plan.fence);
    }
    return plan;
}

void LocalRuntime::start_supervisor(const Plan& plan, std::stop_token stop, const Say& say) const
{
    const auto& state = plan.stack.state;
    write_file(stack_file(state), to_text(plan));
    for (const auto& service : plan.stack.services) say("starting " + service.name);
    const auto program = settings_.program.empty() ? program_path() : settings_.program;
    process::output_of({.words = {program.native(), "__supervise", state.native()},
                        .folder = "/",
                        .environment = {{"PATH", plan.search_path}},
                        .clean_environment = true},
                       stop, {.timeout = std::chrono::seconds(20)});
    for (const auto& report : wait_for_start(state, stop)) {
        if (report.failure.empty()) continue;
        end_supervisor(state);
        throw Error(Code::unavailable, "cannot start " + report.failure);
    }
}

void LocalRuntime::up(const Stack& stack, std::stop_token stop, const Say& say)
{
    check(stack);
    make_private_folder(stack.state / "logs");
    const auto turn = take_turn(stack.state, stop);
    const auto plan = plan_of(stack);
    if (runs_already(plan)) return;
    const bool left_over = fs::exists(stack_file(stack.state)); // by one that was killed
    const bool replaced = end_supervisor(stack.state);
    check_ports(plan.stack, replaced || left_over ? patience_after_end : milliseconds(0), stop);
    start_supervisor(plan, stop, say);
}

/// Fence and limits are left out: they may look different from another terminal, and are no reason to
/// interrupt anybody.
bool LocalRuntime::runs_other(const Stack& stack)
{
    if (!is_supervised(stack.state) || !fs::exists(stack_file(stack.state))) return false;
    return to_text(Plan{.stack = read_plan(stack.state).stack}) != to_text(Plan{.stack = stack});
}

void LocalRuntime::stop(const fs::path& state, const Say& say)
{
    if (!fs::exists(state)) return;
    const auto turn = take_turn(state, {});
    if (is_supervised(state)) say("stopping the services");
    end_supervisor(state);
}

void LocalRuntime::remove(const fs::path& state, const Say& say)
{
    stop(state, say);
}

process::Ending LocalRuntime::exec(const Stack& stack, const Service& service,
                                   const std::function<void(std::string_view)>& line, std::stop_token stop,
                                   process::Limits limits)
{
    return process::run(attended(stack, service, false).command, line, std::move(stop), limits);
}

/// Inside a sandbox is a session of its own, which has to take its terminal itself.
Attended LocalRuntime::attended(const Stack& stack, const Service& given, bool terminal)
{
    if (!fenced_) return {.command = command_on_host(stack, given)};
    auto service = given;
    if (terminal) service.command.insert(service.command.begin(), {"setsid", "--ctty", "--wait"});
    return {.command = command_in_sandbox(stack, service), .own_terminal = terminal};
}

std::vector<ServiceState> LocalRuntime::ps(const fs::path& state)
{
    std::vector<ServiceState> services;
    for (auto& report : reports_of(state).value_or(std::vector<ServiceReport>()))
        services.push_back(report.state);
    return services;
}

} // namespace skerry::runtime
