#include "util/ringer.hpp"

#include "util/socket_path.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace skerry {

Ringer::Ringer(std::filesystem::path folder) noexcept
    : folder_(std::move(folder)), listing_(::opendir(folder_.c_str())),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
{
}

void Ringer::ring(std::string_view except) noexcept
{
    if (!listing_ || !socket_.open()) return;
    ::rewinddir(listing_.get());
    while (const dirent* entry = ::readdir(listing_.get())) { // NOLINT(concurrency-mt-unsafe): own stream
        const std::string_view name = entry->d_name;
        if (name.ends_with(bell_suffix) && name != except) ring_one(name);
    }
}

void Ringer::ring_one(std::string_view name) noexcept
try {
    const auto path = folder_ / name;
    const SocketPath address(path);
    if (::sendto(socket_.get(), "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, address.get(), address.size()) != 0 &&
        errno == ECONNREFUSED)
        ::unlink(path.c_str());
} catch (...) { // a ring is a hint; a bell that cannot ring must not undo what was just committed
    return;
}

} // namespace skerry
