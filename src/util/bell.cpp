#include "util/bell.hpp"

#include "util/deadline.hpp"
#include "util/error.hpp"
#include "util/id.hpp"
#include "util/ringer.hpp"
#include "util/socket_path.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry {
namespace {

void drain(int socket) noexcept
{
    std::array<char, 64> byte{};
    while (::recv(socket, byte.data(), byte.size(), MSG_DONTWAIT) > 0) {
    }
}

void drain_counter(int counter) noexcept
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto ignored = ::read(counter, &count, sizeof count);
}

/// A socket that is bound to a name but not yet heard of in the kernel looks like one that nobody listens to,
/// and would be removed by whoever rings just then. So it gets its name when it is ready.
void listen_at(const std::filesystem::path& path, const Descriptor& socket)
{
    const auto draft = path.string() + ".new";
    const SocketPath address(draft);
    ::fchmod(socket.get(), 0600);
    if (::bind(socket.get(), address.get(), address.size()) == 0 &&
        std::rename(draft.c_str(), path.c_str()) == 0)
        return;
    const int fault = errno;
    ::unlink(draft.c_str());
    throw system_error(fault, "cannot listen in " + path.parent_path().string());
}

} // namespace

Bell::Bell(const std::filesystem::path& folder)
    : path_(folder / (std::to_string(::getpid()) + "-" + random_id() + std::string(bell_suffix))),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      here_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (!socket_.open() || !here_.open()) throw system_error(errno, "cannot listen in " + folder.string());
    listen_at(path_, socket_);
}

Bell::~Bell()
{
    ::unlink(path_.c_str());
}

bool Bell::wait(std::chrono::milliseconds timeout, std::stop_token stop, const std::vector<int>& others)
{
    const std::stop_callback wake(stop, [this] { ring_here(); });
    std::vector<pollfd> files{{socket_.get(), POLLIN, 0}, {here_.get(), POLLIN, 0}};
    for (const int other : others) files.push_back({other, POLLIN, 0});
    if (!Deadline(timeout).wait(files)) return false;
    drain(socket_.get());
    drain_counter(here_.get());
    return !stop.stop_requested();
}

void Bell::ring_here() noexcept
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(here_.get(), &one, sizeof one);
}

void Bell::ring(const std::filesystem::path& folder) noexcept
{
    Ringer(folder).ring();
}

} // namespace skerry
