#include "util/bell.hpp"

#include "util/error.hpp"
#include "util/id.hpp"
#include "util/socket_path.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace skerry {
namespace {

constexpr std::string_view suffix = ".bell";

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

void ring_all_but(std::string_view own, const std::filesystem::path& folder) noexcept
try {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
    const Descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listing || !sender.open()) return;
    while (const dirent* entry = ::readdir(listing.get())) { // NOLINT(concurrency-mt-unsafe): own stream
        const std::string_view name = entry->d_name;
        if (!name.ends_with(suffix) || name == own) continue;
        const SocketPath address(folder / name);
        if (::sendto(sender.get(), "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, address.get(), address.size()) != 0 &&
            errno == ECONNREFUSED)
            ::unlink((folder / name).c_str());
    }
} catch (...) { // a ring is a hint; a bell that cannot ring must not undo what was just committed
    return;
}

} // namespace

Bell::Bell(const std::filesystem::path& folder)
    : path_(folder / (std::to_string(::getpid()) + "-" + random_id() + std::string(suffix))),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      here_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    const SocketPath address(path_);
    if (!socket_.open() || !here_.open() || ::bind(socket_.get(), address.get(), address.size()) != 0)
        throw system_error(errno, "cannot listen in " + folder.string());
}

Bell::~Bell()
{
    ::unlink(path_.c_str());
}

bool Bell::wait(std::chrono::milliseconds timeout, std::stop_token stop)
{
    const std::stop_callback wake(stop, [this] { ring_here(); });
    std::array<pollfd, 2> files{pollfd{socket_.get(), POLLIN, 0}, pollfd{here_.get(), POLLIN, 0}};
    constexpr std::int64_t longest = 3'600'000;
    const auto limit = static_cast<int>(std::clamp<std::int64_t>(timeout.count(), 0, longest));
    if (::poll(files.data(), files.size(), limit) <= 0) return false;
    drain(socket_.get());
    drain_counter(here_.get());
    return !stop.stop_requested();
}

void Bell::ring_here() noexcept
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(here_.get(), &one, sizeof one);
}

void Bell::ring_others() const noexcept
{
    ring_all_but(path_.filename().string(), path_.parent_path());
}

void Bell::ring(const std::filesystem::path& folder) noexcept
{
    ring_all_but("", folder);
}

} // namespace skerry
