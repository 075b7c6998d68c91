#include "runtime/keeper.hpp"

#include "runtime/process_tree.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

/// What the keeper tells first: the program's pid, or errno when it could not be started.
struct News {
    pid_t program = 0;
    int fault = 0;
};

int code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

sigset_t wanted_signals()
{
    sigset_t set{};
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGCHLD);
    return set;
}

/// The program's exit code, or 143 when told to end before.
int wait_for(pid_t program, const sigset_t& signals)
{
    for (;;) {
        int status = 0;
        while (const pid_t pid = ::waitpid(-1, &status, WNOHANG)) {
            if (pid == program) return code_of(status);
            if (pid < 0) break;
        }
        if (::sigwaitinfo(&signals, nullptr) == SIGTERM) return 128 + SIGTERM;
    }
}

/// Until none is left: a process may start others while it is being looked for.
void kill_all_below()
{
    while (signal_descendants(::getpid(), SIGKILL) > 0) {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        ::poll(nullptr, 0, 5);
    }
}

News start_program(const Start& start)
{
    try {
        return {spawn(start), 0};
    } catch (const Error& error) {
        return {0, error.code() == Code::not_found ? ENOENT : EACCES};
    }
}

[[noreturn]] void keep(const Start& start, pid_t parent, int news)
{
    const auto signals = wanted_signals();
    ::sigprocmask(SIG_SETMASK, &signals, nullptr);
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);
    const auto started = start_program(start);
    [[maybe_unused]] const auto ignored = ::write(news, &started, sizeof started);
    if (started.program == 0) ::_exit(127);
    ::syscall(SYS_close_range, 3U, ~0U,
              0U); // the supervisor's lock, sockets and pipes are not for us to hold
    const int code = wait_for(started.program, signals);
    kill_all_below();
    ::_exit(code);
}

} // namespace

Kept spawn_kept(const Start& start)
{
    auto pipe = make_pipe();
    const pid_t parent = ::getpid();
    const pid_t keeper = ::fork();
    if (keeper == 0) keep(start, parent, pipe.write.get());
    if (keeper < 0) throw system_error(errno, "cannot start " + start.program.string());
    pipe.write.close();
    News news;
    const bool told = ::read(pipe.read.get(), &news, sizeof news) == sizeof news;
    if (told && news.program != 0) return {keeper, news.program};
    ::waitpid(keeper, nullptr, 0);
    throw system_error(told ? news.fault : EAGAIN, "cannot start " + start.program.string());
}

} // namespace skerry::runtime
