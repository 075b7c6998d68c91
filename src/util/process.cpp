#include "util/process.hpp"

#include "util/deadline.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace skerry::process {
namespace {

using Pointers = std::vector<char*>;

Pointers pointers_to(std::vector<std::string>& words)
{
    Pointers pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_of(const Command& command)
{
    std::vector<std::string> result;
    const auto is_replaced = [&](std::string_view entry) {
        const auto name = entry.substr(0, entry.find('='));
        return std::any_of(command.environment.begin(), command.environment.end(),
                           [&](const auto& pair) { return pair.first == name; });
    };
    if (!command.clean_environment)
        for (char** entry = environ; *entry != nullptr; ++entry)
            if (!is_replaced(*entry)) result.emplace_back(*entry);
    for (const auto& [name, value] : command.environment) result.emplace_back(name).append("=").append(value);
    return result;
}

/// Dropping the rest of a word at a NUL would run something else than what was asked for.
void check(const Command& command)
{
    const auto is_cut = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    if (command.words.empty()) throw Error(Code::internal, "a command without words");
    const auto& variables = command.environment;
    if (std::any_of(command.words.begin(), command.words.end(), is_cut) || is_cut(command.folder.native()) ||
        std::any_of(variables.begin(), variables.end(),
                    [&](const auto& pair) { return is_cut(pair.first) || is_cut(pair.second); }))
        throw Error(Code::bad_request, "an argument of " + command.words[0] + " holds a NUL character");
}

/// A descriptor of the same file that is none of the `taken` first, whose places in the child are about to be
/// taken.
Descriptor above(std::size_t taken, int file)
{
    Descriptor copy(::fcntl(file, F_DUPFD_CLOEXEC, static_cast<int>(taken)));
    if (!copy.open()) throw system_error(errno, "cannot pass a file on to a command");
    return copy;
}

void write_input(const Descriptor& file, std::string_view text)
{
    while (!text.empty()) {
        const auto count = ::write(file.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(errno, "cannot pass the standard input on");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    ::lseek(file.get(), 0, SEEK_SET);
}

/// A file in memory that holds `text`, so that a child can read it without anyone writing to a pipe.
Descriptor standard_input(const std::string& text)
{
    Descriptor file(text.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                                 : ::memfd_create("input", MFD_CLOEXEC));
    if (!file.open()) throw system_error(errno, "cannot pass the standard input on");
    write_input(file, text);
    return file;
}

/// What the child's descriptors 0, 1, 2 ... are made of, all above the places that they will take.
std::vector<Descriptor> files_of(const Command& command, int output, int errors)
{
    const auto input = standard_input(command.input);
    std::vector<int> wanted{input.get(), output, errors};
    wanted.insert(wanted.end(), command.kept.begin(), command.kept.end());
    std::vector<Descriptor> files;
    for (const int file : wanted) files.push_back(above(wanted.size(), file));
    return files;
}

/// Whoever started us may have had SIGCHLD ignored, and that is inherited: the kernel would then reap the
/// children and forget how they ended.
void want_endings()
{
    struct sigaction action {};
    if (::sigaction(SIGCHLD, nullptr, &action) != 0 || action.sa_handler != SIG_IGN) return;
    action.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &action, nullptr);
}

struct SpawnPlan {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    SpawnPlan()
    {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
};

void prepare(SpawnPlan& plan, const Command& command, const std::vector<Descriptor>& files)
{
    int next = 0;
    for (const auto& file : files) ::posix_spawn_file_actions_adddup2(&plan.actions, file.get(), next++);
    if (!command.folder.empty())
        ::posix_spawn_file_actions_addchdir_np(&plan.actions, command.folder.c_str());
    ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, next);
    sigset_t none{};
    sigset_t all{};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&plan.attributes, &none);
    ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
    ::posix_spawnattr_setpgroup(&plan.attributes, 0);
    ::posix_spawnattr_setflags(&plan.attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

Ending ending_of(const siginfo_t& info)
{
    if (info.si_code == CLD_EXITED) return {info.si_status, 0};
    return {128 + info.si_status, info.si_status};
}

Error cannot_start(const Command& command, int fault)
{
    const auto& folder = command.folder;
    std::error_code ignored;
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
        return system_error(fault, "cannot start " + command.words[0] + " in " + folder.string());
    if (fault == ENOENT)
        return {Code::not_found,
                "cannot start " + command.words[0] + ": there is no such program",
                {.hint = "is it installed, and in a folder of PATH?"}};
    return system_error(fault, "cannot start " + command.words[0]);
}

void end_group(pid_t leader) noexcept
{
    ::kill(-leader, SIGKILL);
    while (::waitpid(leader, nullptr, 0) < 0 && errno == EINTR) {
    }
}

} // namespace

std::string Ending::text() const
{
    return signal != 0 ? "killed by signal " + std::to_string(signal) : "exit code " + std::to_string(code);
}

Child::Child(const Command& command, int output, int errors)
{
    check(command);
    want_endings();
    auto words = command.words;
    auto environment = environment_of(command);
    auto arguments = pointers_to(words);
    auto variables = pointers_to(environment);
    const auto files = files_of(command, output, errors);
    SpawnPlan plan;
    prepare(plan, command, files);
    const int fault = ::posix_spawnp(&pid_, arguments[0], &plan.actions, &plan.attributes, arguments.data(),
                                     variables.data());
    if (fault != 0) throw cannot_start(command, fault);
    handle_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (handle_.open()) return;
    const int lack = errno;
    end_group(pid_);
    throw system_error(lack, "cannot watch " + command.words[0]);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), handle_(std::move(other.handle_)), ending_(other.ending_)
{
}

Child::~Child()
{
    if (pid_ > 0) end_group(pid_);
}

std::optional<Ending> Child::poll()
{
    if (ending_ || pid_ <= 0) return ending_;
    siginfo_t info{};
    // Not reaped before the destructor: the number of the group could be given to a stranger otherwise.
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        if (errno == EINTR) return std::nullopt;
        pid_ = -1;
        throw system_error(errno, "cannot tell how a command ended");
    }
    if (info.si_pid == pid_) ending_ = ending_of(info);
    return ending_;
}

std::optional<Ending> Child::wait(std::chrono::milliseconds timeout)
{
    const auto deadline = Deadline(timeout);
    std::array<pollfd, 1> files{pollfd{handle_.get(), POLLIN, 0}};
    while (!poll() && deadline.wait(files)) {
    }
    return poll();
}

void Child::signal(int number) const noexcept
{
    if (pid_ > 0) ::kill(-pid_, number);
}

std::optional<std::filesystem::path> find_program(std::string_view name)
{
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets variables
    for (const auto& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
        auto candidate = std::filesystem::path(folder) / name;
        std::error_code ignored; // a folder that may not be looked into holds nothing for us
        if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0 &&
            std::filesystem::is_regular_file(candidate, ignored))
            return candidate;
    }
    return std::nullopt;
}

} // namespace skerry::process
