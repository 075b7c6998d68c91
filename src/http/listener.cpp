#include "http/listener.hpp"

#include "util/error.hpp"
#include "util/socket_path.hpp"

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::http {
namespace {

constexpr int backlog = 1024; // the library's 5 makes a hundred simultaneous clients wait for minutes

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses address_of(const std::string& host, int port)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo* found = nullptr;
    if (port < 0 || port > 65535 ||
        ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
        throw Error(Code::bad_request,
                    "'" + host + ":" + std::to_string(port) + "' is no address to listen on");
    return {found, &::freeaddrinfo};
}

void set_option(const Descriptor& socket, int level, int name) noexcept
{
    constexpr int yes = 1;
    ::setsockopt(socket.get(), level, name, &yes, sizeof yes);
}

Descriptor make_local_socket(const std::string& what)
{
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.open()) throw system_error(errno, what);
    return socket;
}

/// Removes a socket that nobody listens on any more; other things stay.
void remove_stale(const std::filesystem::path& path, const SocketPath& address, const std::string& what)
{
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return;
    if (!S_ISSOCK(found.st_mode)) throw Error(Code::conflict, what + ": there is something else");
    const auto visitor = make_local_socket(what);
    const bool refused =
        ::connect(visitor.get(), address.get(), address.size()) != 0 && errno == ECONNREFUSED;
    if (!refused) throw Error(Code::conflict, what + ": address already in use");
    ::unlink(path.c_str());
}

} // namespace

Descriptor listen_on(const std::string& host, int port)
{
    const auto address = address_of(host, port);
    const auto what = "cannot listen on " + host + ":" + std::to_string(port);
    Descriptor socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.open()) throw system_error(errno, what);
    set_option(socket, SOL_SOCKET, SO_REUSEADDR); // not SO_REUSEPORT: two servers must never share a port
    set_option(socket, IPPROTO_TCP, TCP_NODELAY);
    if (::bind(socket.get(), address->ai_addr, address->ai_addrlen) != 0 ||
        ::listen(socket.get(), backlog) != 0) {
        if (errno == EADDRINUSE) throw Error(Code::conflict, what + ": address already in use");
        throw system_error(errno, what);
    }
    return socket;
}

Descriptor listen_on_file(const std::filesystem::path& path)
{
    const auto what = "cannot listen on " + path.string();
    const SocketPath address(path);
    remove_stale(path, address, what);
    auto socket = make_local_socket(what);
    ::fchmod(socket.get(), S_IRUSR | S_IWUSR); // the file is made with this, never with more
    if (::bind(socket.get(), address.get(), address.size()) != 0 || ::listen(socket.get(), backlog) != 0) {
        if (errno == EADDRINUSE) throw Error(Code::conflict, what + ": address already in use");
        throw system_error(errno, what);
    }
    return socket;
}

SocketFile::SocketFile(std::filesystem::path path) : path_(std::move(path))
{
    struct stat found {};
    if (::lstat(path_.c_str(), &found) != 0) throw system_error(errno, "cannot find " + path_.string());
    device_ = found.st_dev;
    inode_ = found.st_ino;
}

SocketFile::~SocketFile()
{
    struct stat found {};
    const bool is_ours =
        ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
    if (is_ours) ::unlink(path_.c_str());
}

int port_of(const Descriptor& listener)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw system_error(errno, "cannot tell the port of a socket");
    const auto port = address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                                    : reinterpret_cast<sockaddr_in*>(&address)->sin_port;
    return ntohs(port);
}

} // namespace skerry::http
