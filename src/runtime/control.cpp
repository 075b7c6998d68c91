#include "runtime/control.hpp"

#include "runtime/stack_file.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/socket_path.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

constexpr std::size_t longest_question = 4096;
constexpr std::size_t longest_answer = 1U << 20U;
constexpr std::size_t most_connections = 16;
constexpr std::int64_t longest_silence = 10'000; ///< milliseconds

Descriptor make_socket(int flags)
{
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    if (!socket.open()) throw system_error(errno, "cannot make a socket");
    return socket;
}

bool is_same_user(const Descriptor& socket)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

bool send_line(const Descriptor& socket, const api::Json& json)
{
    const auto line = json.dump() + "\n";
    return ::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
}

Descriptor connect_to(const std::filesystem::path& state, std::chrono::milliseconds timeout)
{
    auto socket = make_socket(0);
    const timeval limit{timeout.count() / 1000, (timeout.count() % 1000) * 1000};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); // for connect() too
    const SocketPath address(control_socket(state));
    if (::connect(socket.get(), address.get(), address.size()) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            throw Error(Code::not_found, "no supervisor is running");
        throw system_error(errno, "cannot reach the supervisor");
    }
    if (!is_same_user(socket)) throw Error(Code::forbidden, "the supervisor belongs to another user");
    return socket;
}

std::string read_line(const Descriptor& socket, std::chrono::milliseconds timeout)
{
    std::string text;
    const auto deadline = monotonic_now() + timeout.count();
    while (text.size() < longest_answer) {
        pollfd file{socket.get(), POLLIN, 0};
        const auto left = std::max<std::int64_t>(deadline - monotonic_now(), 0);
        if (::poll(&file, 1, static_cast<int>(left)) == 0)
            throw Error(Code::timeout, "the supervisor did not answer in " + for_people(timeout.count()));
        std::array<char, 4096> part{};
        const auto count = ::recv(socket.get(), part.data(), part.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        text.append(part.data(), static_cast<std::size_t>(count));
        if (const auto end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    }
    throw Error(Code::unavailable, "the supervisor broke off");
}

} // namespace

api::Json ask(const std::filesystem::path& state, const api::Json& question,
              std::chrono::milliseconds timeout)
{
    const auto socket = connect_to(state, timeout);
    if (!send_line(socket, question)) throw Error(Code::unavailable, "the supervisor broke off");
    return api::Json::parse(read_line(socket, timeout));
}

ControlServer::ControlServer(const std::filesystem::path& state)
    : path_(control_socket(state)), socket_(make_socket(SOCK_NONBLOCK))
{
    ::unlink(path_.c_str());
    const SocketPath address(path_);
    if (::bind(socket_.get(), address.get(), address.size()) != 0)
        throw system_error(errno, "cannot listen at " + path_.string());
    ::chmod(path_.c_str(), 0600);
}

ControlServer::~ControlServer()
{
    ::unlink(path_.c_str());
}

void ControlServer::listen()
{
    if (::listen(socket_.get(), static_cast<int>(most_connections)) != 0)
        throw system_error(errno, "cannot listen at " + path_.string());
}

void ControlServer::add_to(std::vector<pollfd>& files) const
{
    files.push_back({socket_.get(), POLLIN, 0});
    for (const auto& connection : connections_) files.push_back({connection.socket.get(), POLLIN, 0});
}

void ControlServer::serve(const Answer& answer)
{
    accept_new();
    std::erase_if(connections_, [&](Connection& connection) { return !serve_one(connection, answer); });
}

void ControlServer::accept_new()
{
    while (connections_.size() < most_connections) {
        Descriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket.open()) return;
        if (is_same_user(socket)) connections_.push_back({std::move(socket), {}, monotonic_now()});
    }
}

bool ControlServer::serve_one(Connection& connection, const Answer& answer)
{
    std::array<char, longest_question> part{};
    const auto count = ::recv(connection.socket.get(), part.data(), part.size(), 0);
    if (count < 0 && errno == EAGAIN) return monotonic_now() - connection.since < longest_silence;
    if (count <= 0) return false;
    connection.question.append(part.data(), static_cast<std::size_t>(count));
    const auto end = connection.question.find('\n');
    if (end == std::string::npos) return connection.question.size() < longest_question;
    const auto question = api::Json::try_parse(std::string_view(connection.question).substr(0, end));
    if (!question || !send_line(connection.socket, answer(*question))) return false;
    connection.question.clear();
    connection.since = monotonic_now();
    return true;
}

} // namespace skerry::runtime
