#include "runtime/background.hpp"

#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

/// The parent leaves without running destructors: what is open belongs to the child now.
void continue_in_child(bool wait)
{
    const pid_t child = ::fork();
    if (child < 0) throw system_error(errno, "cannot start the supervisor");
    if (child == 0) return;
    if (wait) ::waitpid(child, nullptr, 0);
    ::_exit(0);
}

} // namespace

void close_inherited()
{
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
}

void go_to_background(const std::filesystem::path& output)
{
    const Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const Descriptor file(
        ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!input.open() || !file.open()) throw system_error(errno, "cannot write " + output.string());
    // Whoever started us may kill our process group once we have ended: wait until the child has left it.
    continue_in_child(true);
    ::setsid();
    continue_in_child(false); // no leader of a session can get a terminal by opening one
    ::umask(077);
    [[maybe_unused]] const int moved = ::chdir("/");
    ::dup2(input.get(), 0);
    ::dup2(file.get(), 1);
    ::dup2(file.get(), 2);
}

void write_pid(const FileLock& lock)
{
    const auto text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.descriptor(), 0) != 0 ||
        ::pwrite(lock.descriptor(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw system_error(errno, "cannot write the supervisor's lock");
}

std::optional<pid_t> read_pid(const std::filesystem::path& lock)
{
    const auto text = read_file_if_any(lock).value_or("");
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    return pid > 1 ? std::optional(pid) : std::nullopt;
}

} // namespace skerry::runtime
