#include "http/loopback.hpp"

#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace skerry::http {

Descriptor begin_to_connect(int port) noexcept
{
    Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int at_once = 1;
    ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool refused = ::connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
                         errno != EINPROGRESS;
    if (refused) made.close();
    return made;
}

bool is_connected(const Descriptor& socket) noexcept
{
    int fault = 0;
    socklen_t size = sizeof fault;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0;
}

} // namespace skerry::http
