#include "util/socket_path.hpp"

#include "util/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>

namespace skerry {

SocketPath::SocketPath(const std::filesystem::path& path)
{
    address_.sun_family = AF_UNIX;
    std::string name = path.string();
    if (name.size() >= sizeof address_.sun_path) {
        folder_ = Descriptor(::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!folder_.open()) throw system_error(errno, "cannot open " + path.parent_path().string());
        name = "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + path.filename().string();
    }
    if (name.size() >= sizeof address_.sun_path)
        throw Error(Code::internal, "the socket name " + path.filename().string() + " is too long");
    std::memcpy(address_.sun_path, name.c_str(), name.size() + 1);
}

} // namespace skerry
