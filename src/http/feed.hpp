#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace skerry::http {

/// One or more whole frames of server-sent events, as they go out; shared between clients.
using Piece = std::shared_ptr<const std::string>;

/// What one client of a Hub follows. Everything is called on the hub's thread, and nothing may take long. An
/// exception ends this client alone.
class Feed {
public:
    Feed() = default;
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;
    virtual ~Feed() = default;

    enum class Next {
        idle,  ///< there is nothing more now: ask again at the next wake
        more,  ///< ask again as soon as there is room
        ended, ///< close the connection once this is written
    };
    /// Adds what is new, roughly `room` bytes at most.
    virtual Next next(std::vector<Piece>& out, std::size_t room) = 0;

    /// How long the hub may wait for a wake before it asks again anyway, for what has no bell.
    [[nodiscard]] virtual std::chrono::milliseconds patience() const
    {
        return std::chrono::milliseconds::max();
    }

    /// The frame that tells a client which is sent away where to come back: it could not follow, or the
    /// server stops. Everything that next() has added is written before.
    [[nodiscard]] virtual std::string farewell() const { return {}; }
};

} // namespace skerry::http
