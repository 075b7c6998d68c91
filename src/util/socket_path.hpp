#pragma once

#include "util/descriptor.hpp"

#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>

namespace skerry {

/// The address of a unix socket at any path, also one longer than the 107 bytes that an
/// address holds: the folder is opened and named through /proc/self/fd. Keep it alive
/// until bind() or connect() has returned.
class SocketPath {
public:
    /// Throws Error when the folder of `path` cannot be opened.
    explicit SocketPath(const std::filesystem::path& path);

    [[nodiscard]] const sockaddr* get() const noexcept
    {
        return reinterpret_cast<const sockaddr*>(&address_);
    }
    [[nodiscard]] socklen_t size() const noexcept { return sizeof address_; }

private:
    Descriptor folder_;
    sockaddr_un address_{};
};

} // namespace skerry
