#include "runtime/spawn.hpp"

#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

/// All that the child needs, made ready before fork(): between fork and exec nothing may be allocated.
struct Ready {
    const Start& start;
    std::vector<char*> words{};
    std::vector<char*> environment{};
    std::vector<int> kept{};
    pid_t parent = ::getpid();
    int fault = -1; ///< where the child writes errno when the program cannot be run
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str())); // exec wants it so
    pointers.push_back(nullptr);
    return pointers;
}

bool stay_with(pid_t parent) noexcept
{
    // The parent may have died before the request: then nobody would tell us.
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

bool take_limits(const Ready& ready) noexcept
{
    for (const auto& door : ready.start.doors) {
        const int file = ::open(door.c_str(), O_WRONLY | O_CLOEXEC);
        if (file < 0 || ::write(file, "0", 1) != 1) return false;
        ::close(file);
    }
    for (const auto& [resource, most] : ready.start.limits) {
        struct rlimit now {};
        ::getrlimit(static_cast<__rlimit_resource>(resource), &now);
        const auto value = now.rlim_max < most ? now.rlim_max : most; // nobody may raise it
        const struct rlimit limit {
            value, value
        };
        if (::setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return false;
    }
    return true;
}

/// 0 becomes /dev/null, 1 and 2 the output, 3 and up what is kept, then `fault`; nothing else stays open.
bool arrange_descriptors(Ready& ready) noexcept
{
    constexpr int above = 64; // out of the way of the numbers that are given out
    const int input = ::open("/dev/null", O_RDONLY);
    ready.fault = ::fcntl(ready.fault, F_DUPFD_CLOEXEC, above);
    if (input < 0 || ready.fault < 0) return false;
    for (auto& file : ready.kept) file = ::fcntl(file, F_DUPFD_CLOEXEC, above);
    if (::dup2(ready.start.output, 2) < 0 || ::dup2(2, 1) < 0 || ::dup2(input, 0) < 0) return false;
    int next = 3;
    for (const int file : ready.kept)
        if (::dup2(file, next++) < 0) return false;
    ::fcntl(::dup2(ready.fault, next), F_SETFD, FD_CLOEXEC);
    ready.fault = next;
    return ::syscall(SYS_close_range, static_cast<unsigned>(next + 1), ~0U, 0U) == 0;
}

void forget_signals() noexcept
{
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none{};
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(Ready& ready) noexcept
{
    ::setsid();
    ::umask(022);
    forget_signals();
    if (stay_with(ready.parent) && take_limits(ready) && arrange_descriptors(ready) &&
        ::chdir(ready.start.folder.c_str()) == 0)
        ::execve(ready.start.program.c_str(), ready.words.data(), ready.environment.data());
    const int fault = errno;
    [[maybe_unused]] const auto ignored = ::write(ready.fault, &fault, sizeof fault);
    ::_exit(127);
}

} // namespace

pid_t spawn(const Start& start)
{
    auto pipe = make_pipe();
    Ready ready{start, pointers_to(start.words), pointers_to(start.environment), start.kept};
    ready.fault = pipe.write.get();
    const pid_t pid = ::fork();
    if (pid == 0) become(ready);
    if (pid < 0) throw system_error(errno, "cannot start " + start.program.string());
    pipe.write.close();
    int fault = 0;
    if (::read(pipe.read.get(), &fault, sizeof fault) != sizeof fault) return pid; // exec has closed it
    ::waitpid(pid, nullptr, 0);
    throw system_error(fault, "cannot start " + start.program.string());
}

} // namespace skerry::runtime
