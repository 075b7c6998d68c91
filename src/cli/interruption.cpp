#include "cli/interruption.hpp"

#include "util/error.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace skerry::cli {
namespace {

sigset_t signals_of_interest()
{
    sigset_t set{};
    ::sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set, number);
    return set;
}

} // namespace

Interruption::Interruption(std::function<void()> wake) : wake_(std::move(wake))
{
    const auto set = signals_of_interest();
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    signals_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    end_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    if (!signals_.open() || !end_.open()) throw system_error(errno, "cannot listen to signals");
    thread_ = std::jthread([this] { listen(); });
}

Interruption::~Interruption()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(end_.get(), &one, sizeof one);
    thread_.join();
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interruption::listen()
{
    std::array<pollfd, 2> files{pollfd{signals_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
    while (true) {
        if (::poll(files.data(), files.size(), -1) < 0) continue;
        if (files[1].revents != 0) return;
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            const auto number = static_cast<int>(info.ssi_signo);
            if (number == SIGINT) ++presses_;
            signal_ = number;
            wake_(); // for each: one that came behind it must not hide it
        }
    }
}

} // namespace skerry::cli
