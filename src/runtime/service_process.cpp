#include "runtime/service_process.hpp"

#include "api/json.hpp"
#include "runtime/home.hpp"
#include "runtime/keeper.hpp"
#include "runtime/process_tree.hpp"
#include "runtime/spawn.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

constexpr std::int64_t sandbox_timeout = 5000; ///< milliseconds for bwrap to build it

/// Options for `bwrap --args`, each ended by a zero byte, in a file that only exists in memory.
Descriptor file_of(const std::vector<std::string>& options)
{
    std::string text;
    for (const auto& option : options) text.append(option).push_back('\0');
    Descriptor file(::memfd_create("options", MFD_CLOEXEC));
    if (!file.open() || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        throw system_error(errno, "cannot pass the sandbox's options on");
    return file;
}

/// The pid of the sandbox's first process from bwrap's status, 0 when it could not be made.
pid_t read_child_pid(const Descriptor& status)
{
    std::string text;
    const auto deadline = monotonic_now() + sandbox_timeout;
    while (text.find('\n') == std::string::npos && monotonic_now() < deadline) {
        pollfd file{status.get(), POLLIN, 0};
        if (::poll(&file, 1, static_cast<int>(deadline - monotonic_now())) <= 0) continue;
        std::array<char, 1024> part{};
        const auto count = ::read(status.get(), part.data(), part.size());
        if (count <= 0) break;
        text.append(part.data(), static_cast<std::size_t>(count));
    }
    const auto news = api::Json::try_parse(trim(std::string_view(text).substr(0, text.find('\n'))));
    return news ? static_cast<pid_t>((*news)["child-pid"].number()) : 0;
}

/// Only now, in the sandbox's own user namespace, does RLIMIT_NPROC count the sandbox's processes alone.
void limit_processes(pid_t inside, std::uint64_t most)
{
    const struct rlimit limit {
        most, most
    };
    ::prlimit(inside, RLIMIT_NPROC, &limit, nullptr);
}

std::vector<std::string> environment_on_host(const Plan& plan, const Service& service,
                                             const std::string& home)
{
    std::vector<std::string> result{"PATH=" + plan.search_path, "HOME=" + home, "LANG=C.UTF-8", "TERM=dumb"};
    for (const auto& [name, value] : service.environment) {
        const auto has_name = [&, begin = name + "="](const std::string& entry) {
            return entry.starts_with(begin);
        };
        std::erase_if(result, has_name);
        result.push_back(name + "=" + value);
    }
    return result;
}

std::filesystem::path program_on_host(const Stack& stack, const Service& service)
{
    const auto& name = service.command.at(0);
    if (name.find('/') != std::string::npos) return stack.folder / name; // a full path stays as it is
    if (const auto program = process::find_program(name)) return *program;
    throw Error(Code::not_found, service.name + ": there is no program " + name);
}

} // namespace

ServiceProcess::ServiceProcess(const Plan& plan, const Service& service, const ControlGroup& group)
    : in_sandbox_(plan.fence.has_value())
{
    const auto home = home_of(plan.stack, service);
    if (!service.own_state) remove_folder(home);
    if (service.own_state || !in_sandbox_) make_private_folder(home);
    auto pipe = make_pipe();
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    if (in_sandbox_)
        start_in_sandbox(plan, service, group, pipe.write.get());
    else
        start_on_host(plan, service, group, pipe.write.get());
    output_ = std::move(pipe.read);
    if (inside_ != 0) inside_handle_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, inside_, 0)));
}

void ServiceProcess::start_in_sandbox(const Plan& plan, const Service& service, const ControlGroup& group,
                                      int output)
{
    auto options = sandbox_options(plan.stack, service, *plan.fence);
    for (const auto* option : {"--json-status-fd", "4", "--block-fd", "5"}) options.emplace_back(option);
    const auto arguments = file_of(options);
    auto status = make_pipe();
    auto barrier = make_pipe();
    Start start{.program = bubblewrap(),
                .words = {"bwrap", "--args", "3", "--"},
                .environment = {},
                .output = output,
                .kept = {arguments.get(), status.write.get(), barrier.read.get()},
                .doors = group.doors(),
                .limits = resource_limits(plan.limits)};
    start.words.insert(start.words.end(), service.command.begin(), service.command.end());
    root_ = spawn(start);
    status.write.close();
    inside_ = read_child_pid(status.read);
    status_ = std::move(status.read);
    if (inside_ != 0 && plan.fence->user && !group.limits_processes())
        limit_processes(inside_, plan.limits.processes);
    [[maybe_unused]] const auto ignored =
        ::write(barrier.write.get(), "!", 1); // nobody may be there any more
}

void ServiceProcess::start_on_host(const Plan& plan, const Service& service, const ControlGroup& group,
                                   int output)
{
    const auto home = home_of(plan.stack, service);
    const auto kept = spawn_kept({.program = program_on_host(plan.stack, service),
                                  .words = service.command,
                                  .environment = environment_on_host(plan, service, home.native()),
                                  .folder = service.writes_project ? plan.stack.folder : home,
                                  .output = output,
                                  .doors = group.doors(),
                                  .limits = resource_limits(plan.limits)});
    root_ = kept.keeper;
    inside_ = program_ = kept.program;
}

bool ServiceProcess::has_begun()
{
    if (!in_sandbox_) return true;
    if (program_ == 0 && inside_ != 0)
        if (const auto children = children_of(inside_); !children.empty()) program_ = children.front();
    if (program_ == 0) return false;
    const auto name = name_of_process(program_);
    return !name.empty() && name != "bwrap"; // one that is gone again may never have become the program
}

bool ServiceProcess::has_run() const
{
    if (!in_sandbox_) return true; // or it would not have been made
    std::array<char, 1024> part{};
    ::fcntl(status_.get(), F_SETFL, O_NONBLOCK);
    const auto count = ::read(status_.get(), part.data(), part.size());
    const std::string_view news(part.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    return news.find("exit-code") != std::string_view::npos; // bwrap tells it of a program that it could run
}

bool ServiceProcess::is_gone() const
{
    pollfd file{inside_handle_.get(), POLLIN, 0}; // a pid file is readable when its process has ended
    return !inside_handle_.open() || ::poll(&file, 1, 0) > 0;
}

ServiceProcess::Memory ServiceProcess::memory() const
{
    Memory memory;
    std::uint64_t most = 0;
    for (const auto pid : descendants_of(root_)) {
        const auto bytes = memory_of(pid);
        memory.bytes += bytes;
        if (bytes > most) memory.largest = pid;
        most = std::max(most, bytes);
    }
    return memory;
}

void ServiceProcess::terminate() const
{
    signal_descendants(root_, SIGTERM);
}

void ServiceProcess::kill() const
{
    signal_descendants(root_, SIGKILL);
    ::kill(root_, SIGKILL);
}

} // namespace skerry::runtime
