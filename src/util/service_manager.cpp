#include "util/service_manager.hpp"

#include "util/descriptor.hpp"
#include "util/text.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace skerry::service_manager {
namespace {

std::string variable(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody changes it
    return value != nullptr ? value : "";
}

} // namespace

void tell(std::string_view state) noexcept
try {
    const auto path = variable("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0'; // a socket without a file
    const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&address), size);
} catch (...) { // NOLINT(bugprone-empty-catch): nothing depends on it
}

std::optional<std::chrono::milliseconds> watchdog_interval()
{
    const auto microseconds = number_in(variable("WATCHDOG_USEC"));
    const auto pid = number_in(variable("WATCHDOG_PID"));
    if (!microseconds || *microseconds < 1000 || (pid && *pid != ::getpid())) return std::nullopt;
    return std::chrono::milliseconds(*microseconds / 2000);
}

} // namespace skerry::service_manager
