#include "cli/terminal_relay.hpp"

#include "util/error.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace skerry::cli {
namespace {

std::atomic<bool> resized = false;

void note_size(int)
{
    resized = true;
}

bool write_all(int descriptor, const char* bytes, std::size_t count)
{
    while (count > 0) {
        const auto written = ::write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        count -= static_cast<std::size_t>(written);
    }
    return true;
}

/// One piece from one to the other; false at the end.
bool bring(int from, int to)
{
    std::array<char, 4096> piece{};
    const auto count = ::read(from, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) return true;
    return count > 0 && write_all(to, piece.data(), static_cast<std::size_t>(count));
}

} // namespace

TerminalRelay::TerminalRelay() : outer_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
{
    std::array<char, 64> name{};
    if (!outer_.open() || ::grantpt(outer_.get()) != 0 || ::unlockpt(outer_.get()) != 0 ||
        ::ptsname_r(outer_.get(), name.data(), name.size()) != 0)
        throw system_error(errno, "cannot make a terminal");
    inner_ = Descriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!inner_.open()) throw system_error(errno, "cannot open a terminal");
    take_size();
    struct sigaction action {};
    action.sa_handler = note_size;
    ::sigaction(SIGWINCH, &action, nullptr);
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto raw = before_;
    ::cfmakeraw(&raw);
    raw_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

TerminalRelay::~TerminalRelay()
{
    if (raw_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    ::signal(SIGWINCH, SIG_DFL);
}

void TerminalRelay::take_size() const
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) ::ioctl(outer_.get(), TIOCSWINSZ, &size);
}

void TerminalRelay::run(pid_t child)
{
    inner_.close(); // so that the end is seen when the child's side is closed
    const Descriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    int input = STDIN_FILENO;
    for (;;) {
        std::array<pollfd, 3> files{pollfd{outer_.get(), POLLIN, 0}, pollfd{input, POLLIN, 0},
                                    pollfd{ended.get(), POLLIN, 0}};
        if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) return;
        if (resized.exchange(false)) take_size();
        if (files[0].revents != 0 && !bring(outer_.get(), STDOUT_FILENO)) return;
        if (files[1].revents != 0 && !bring(input, outer_.get())) input = -1;
        if (files[2].revents != 0) return;
    }
}

void TerminalRelay::finish()
{
    for (;;) {
        pollfd file{outer_.get(), POLLIN, 0};
        if (::poll(&file, 1, 0) <= 0 || (file.revents & POLLIN) == 0) return;
        if (!bring(outer_.get(), STDOUT_FILENO)) return;
    }
}

} // namespace skerry::cli
