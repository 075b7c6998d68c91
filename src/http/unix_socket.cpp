#include "http/unix_socket.hpp"

#include "util/error.hpp"
#include "util/socket_path.hpp"

#include <cerrno>
#include <ctime>
#include <sys/socket.h>

namespace skerry::http {
namespace {

/// Full only while a listener takes nobody for a moment; it says so at once instead of letting us wait.
bool is_full(int fault) noexcept
{
    return fault == EAGAIN || fault == EINTR;
}

void wait_a_little()
{
    const timespec ten_milliseconds{.tv_sec = 0, .tv_nsec = 10'000'000};
    ::nanosleep(&ten_milliseconds, nullptr);
}

Error refusal(int fault, const std::filesystem::path& path)
{
    const auto name = path.string();
    switch (fault) {
    case ENOENT:
    case ENOTDIR: return {Code::not_found, "there is no socket " + name};
    case EACCES:
    case EPERM: return {Code::forbidden, "no permission to use the socket " + name};
    default: return {Code::unavailable, "nobody listens at " + name};
    }
}

} // namespace

Descriptor connect_to(const std::filesystem::path& path)
{
    constexpr int most_tries = 200;
    Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.open()) throw system_error(errno, "cannot make a socket");
    const SocketPath address(path);
    int fault = 0;
    for (int tries = 0; tries < most_tries; ++tries) {
        if (::connect(made.get(), address.get(), address.size()) == 0) return made;
        fault = errno;
        if (!is_full(fault)) break;
        wait_a_little();
    }
    throw refusal(fault, path);
}

} // namespace skerry::http
