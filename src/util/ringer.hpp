#pragma once

#include "util/descriptor.hpp"

#include <dirent.h>
#include <filesystem>
#include <memory>
#include <string_view>

namespace skerry {

/// How the names of the bells in a folder end.
inline constexpr std::string_view bell_suffix = ".bell";

/// Rings the bells in a folder (see Bell), for one who rings often: the folder and the socket stay open.
class Ringer {
public:
    /// A folder that is not there holds no bells.
    explicit Ringer(std::filesystem::path folder) noexcept;

    /// Rings every bell but the one of that name. Never blocks, never throws; sockets that nobody listens to
    /// any more are removed.
    void ring(std::string_view except = {}) noexcept;

private:
    struct Close {
        void operator()(DIR* listing) const noexcept { ::closedir(listing); }
    };
    void ring_one(std::string_view name) noexcept;

    std::filesystem::path folder_;
    std::unique_ptr<DIR, Close> listing_;
    Descriptor socket_;
};

} // namespace skerry
