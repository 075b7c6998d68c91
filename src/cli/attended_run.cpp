#include "cli/attended_run.hpp"

#include "cli/terminal_relay.hpp"
#include "util/error.hpp"
#include "util/process.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::cli {
namespace {

constexpr std::array passed_on{SIGTERM, SIGHUP, SIGINT, SIGQUIT};
constexpr int cannot_run = 127;

std::atomic<pid_t> child_pid = 0; // for the handler, which can be given nothing
std::atomic<int> last_signal = 0;

/// Ctrl-C at a terminal reaches the child without us; what somebody sends (kill -INT) comes to us alone.
void pass_on(int number, siginfo_t* about, void* /*context*/)
{
    last_signal = number;
    const auto child = child_pid.load();
    const bool typed = (number == SIGINT || number == SIGQUIT) && about->si_code == SI_KERNEL;
    if (child > 0 && !typed) ::kill(child, number);
}

/// The child's signals are as they were for us; restored at the end.
class PassedOnSignals {
public:
    PassedOnSignals()
    {
        struct sigaction action {};
        action.sa_sigaction = pass_on;
        action.sa_flags = SA_SIGINFO;
        for (std::size_t at = 0; at < passed_on.size(); ++at)
            ::sigaction(passed_on[at], &action, &before_[at]);
    }
    PassedOnSignals(const PassedOnSignals&) = delete;
    PassedOnSignals& operator=(const PassedOnSignals&) = delete;
    ~PassedOnSignals()
    {
        for (std::size_t at = 0; at < passed_on.size(); ++at)
            ::sigaction(passed_on[at], &before_[at], nullptr);
    }

private:
    std::array<struct sigaction, passed_on.size()> before_{};
};

std::vector<std::string> environment_of(const process::Command& command)
{
    std::vector<std::string> all;
    if (!command.clean_environment)
        for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
    for (const auto& [name, value] : command.environment) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

pid_t start(const process::Command& command, int terminal)
{
    const auto program = process::find_program(command.words.front());
    if (!program) throw Error(Code::not_found, "there is no program " + command.words.front());
    auto words = command.words;
    auto variables = environment_of(command);
    const auto argv = pointers(words), environment = pointers(variables);
    const auto pid = ::fork();
    if (pid < 0) throw system_error(errno, "cannot start " + command.words.front());
    if (pid > 0) return pid;
    for (const int number : passed_on) ::signal(number, SIG_DFL);
    if (terminal >= 0)
        for (const int descriptor : {0, 1, 2}) ::dup2(terminal, descriptor);
    if (command.folder.empty() || ::chdir(command.folder.c_str()) == 0)
        ::execve(program->c_str(), argv.data(), environment.data());
    ::_exit(cannot_run);
}

int code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int wait_for(pid_t pid)
{
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) throw system_error(errno, "cannot wait for the command");
    return code_of(status);
}

} // namespace

int run_attended(const runtime::Attended& attended)
{
    const PassedOnSignals signals;
    int code = 0;
    if (attended.own_terminal) {
        TerminalRelay relay;
        child_pid = start(attended.command, relay.inner());
        relay.run(child_pid);
        code = wait_for(child_pid);
        relay.finish();
    } else {
        child_pid = start(attended.command, -1);
        code = wait_for(child_pid);
    }
    child_pid = 0;
    const bool ended_early = last_signal != 0 || code > 128;
    if (ended_early && attended.afterwards) process::run(*attended.afterwards, [](std::string_view) {});
    return last_signal != 0 && !attended.hands_signals_on ? 128 + last_signal : code;
}

} // namespace skerry::cli
