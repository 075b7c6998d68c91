#pragma once

#include "util/descriptor.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace skerry::http {

/// A socket that listens on `host` and does not block (a numeric address); port 0 takes a free one. Throws
/// Error: conflict when the port is taken, bad_request for what is no address, unavailable for other reasons.
Descriptor listen_on(const std::string& host, int port);

/// A socket at `path` that only this user may open. One that nobody listens on is replaced. Throws Error:
/// conflict when somebody does or when it is no socket, unavailable for other reasons.
Descriptor listen_on_file(const std::filesystem::path& path);

/// Removes the file of a listening socket in the end, unless another one has taken its name.
class SocketFile {
public:
    SocketFile() = default;
    explicit SocketFile(std::filesystem::path path);
    SocketFile(SocketFile&& other) noexcept { *this = std::move(other); }
    SocketFile& operator=(SocketFile&& other) noexcept
    {
        std::swap(path_, other.path_);
        std::swap(device_, other.device_);
        std::swap(inode_, other.inode_);
        return *this;
    }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile();

private:
    std::filesystem::path path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// The port that `listener` got. Throws Error.
int port_of(const Descriptor& listener);

} // namespace skerry::http
