#include "util/process.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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
    for (const auto& [name, value] : command.environment) result.push_back(name + "=" + value);
    return result;
}

/// A file in memory that holds `text`, so that a child can read it without anyone writing to a pipe.
Descriptor standard_input(const std::string& text)
{
    if (text.empty()) return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Descriptor file(::memfd_create("input", MFD_CLOEXEC));
    if (!file.open() || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        throw system_error(errno, "cannot pass the standard input on");
    return file;
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

void prepare(SpawnPlan& plan, const Command& command, std::array<int, 3> files)
{
    for (int number = 0; number < 3; ++number)
        ::posix_spawn_file_actions_adddup2(&plan.actions, files[static_cast<std::size_t>(number)], number);
    if (!command.folder.empty())
        ::posix_spawn_file_actions_addchdir_np(&plan.actions, command.folder.c_str());
    ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, 3);
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

Ending ending_of(int status)
{
    if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
    return {WEXITSTATUS(status), 0};
}

/// Cuts what is read from a descriptor into lines.
class Lines {
public:
    explicit Lines(const std::function<void(std::string_view)>& line) : line_(line) {}

    /// False at the end of the output.
    bool read_from(int file)
    {
        std::array<char, 65536> part{};
        const auto count = ::read(file, part.data(), part.size());
        if (count < 0) return errno == EINTR || errno == EAGAIN;
        rest_.append(part.data(), static_cast<std::size_t>(count));
        std::size_t begin = 0;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
            line_(std::string_view(rest_).substr(begin, end - begin));
            begin = end + 1;
        }
        rest_.erase(0, begin);
        if (rest_.size() > longest_line) finish();
        return count > 0;
    }

    void finish()
    {
        if (!rest_.empty()) line_(rest_);
        rest_.clear();
    }

private:
    static constexpr std::size_t longest_line = 1U << 20U;
    const std::function<void(std::string_view)>& line_;
    std::string rest_;
};

void end(Child& child, std::chrono::milliseconds grace)
{
    child.signal(SIGTERM);
    if (!child.wait(grace)) child.signal(SIGKILL);
}

} // namespace

std::string Ending::text() const
{
    return signal != 0 ? "killed by signal " + std::to_string(signal) : "exit code " + std::to_string(code);
}

Child::Child(const Command& command, int output, int errors)
{
    auto words = command.words;
    auto environment = environment_of(command);
    auto arguments = pointers_to(words);
    auto variables = pointers_to(environment);
    const auto input = standard_input(command.input);
    SpawnPlan plan;
    prepare(plan, command, {input.get(), output, errors});
    const int fault = ::posix_spawnp(&pid_, arguments[0], &plan.actions, &plan.attributes, arguments.data(),
                                     variables.data());
    if (fault != 0) {
        pid_ = -1;
        throw system_error(fault, "cannot start " + command.words.at(0));
    }
    handle_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), handle_(std::move(other.handle_)), ending_(other.ending_)
{
}

Child::~Child()
{
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    if (!ending_) ::waitpid(pid_, nullptr, 0);
}

std::optional<Ending> Child::poll()
{
    int status = 0;
    if (!ending_ && ::waitpid(pid_, &status, WNOHANG) == pid_) ending_ = ending_of(status);
    return ending_;
}

std::optional<Ending> Child::wait(std::chrono::milliseconds timeout)
{
    pollfd file{handle_.get(), POLLIN, 0};
    if (!ending_) ::poll(&file, 1, static_cast<int>(timeout.count()));
    return poll();
}

void Child::signal(int number) const noexcept
{
    if (pid_ > 0 && !ending_) ::kill(-pid_, number);
}

Ending run(const Command& command, const std::function<void(std::string_view)>& line, std::stop_token stop,
           Limits limits)
{
    auto pipe = make_pipe();
    const Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    Child child(command, pipe.write.get(), pipe.write.get());
    pipe.write.close();
    const std::stop_callback ring(stop, [&] { ::eventfd_write(bell.get(), 1); });

    Lines lines(line);
    const auto deadline = monotonic_now() + limits.timeout.count();
    bool open = true;
    while (open && !child.poll()) {
        std::array<pollfd, 3> files{pollfd{pipe.read.get(), POLLIN, 0}, pollfd{child.handle(), POLLIN, 0},
                                    pollfd{bell.get(), POLLIN, 0}};
        const auto left = std::clamp<std::int64_t>(deadline - monotonic_now(), 0, 3'600'000);
        ::poll(files.data(), files.size(), static_cast<int>(left));
        if (files[0].revents != 0) open = lines.read_from(pipe.read.get());
        const bool late = monotonic_now() >= deadline;
        if (!stop.stop_requested() && !late) continue;
        end(child, limits.grace);
        if (stop.stop_requested()) throw Error(Code::cancelled, command.words.at(0) + " was stopped");
        throw Error(Code::timeout,
                    command.words.at(0) + " did not end within " + for_people(limits.timeout.count()));
    }
    // A grandchild may hold the pipe for ever: take what is there, then let go.
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    pollfd rest{pipe.read.get(), POLLIN, 0};
    while (open && ::poll(&rest, 1, child.poll() ? 20 : 1000) > 0) open = lines.read_from(pipe.read.get());
    lines.finish();
    while (!child.wait(std::chrono::milliseconds(100)))
        if (stop.stop_requested() || monotonic_now() >= deadline) end(child, limits.grace);
    return *child.poll();
}

std::string output_of(const Command& command, std::stop_token stop, Limits limits)
{
    std::string text;
    const auto ending = run(
        command, [&](std::string_view line) { text.append(line).append("\n"); }, stop, limits);
    if (ending.good()) return text;
    const auto tail = text.size() > 400 ? text.substr(text.size() - 400) : text;
    throw Error(Code::unavailable, shown(command.words) + ": " + ending.text() + ": " + one_line(tail, 400));
}

std::optional<std::filesystem::path> find_program(std::string_view name)
{
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets variables
    for (const auto& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
        auto candidate = std::filesystem::path(folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(candidate))
            return candidate;
    }
    return std::nullopt;
}

} // namespace skerry::process
