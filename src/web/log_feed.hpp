#pragma once

#include "http/feed.hpp"
#include "util/line_log.hpp"
#include "util/presence.hpp"
#include "web/admission.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace skerry::web {

/// What one client follows of a log.
struct LogFollowing {
    std::filesystem::path file{};
    std::uint64_t offset = 0;
    Wanted wanted{};
    std::function<bool()> is_over{};            ///< whether nothing more will come; empty: never
    std::shared_ptr<const Presence> presence{}; ///< keeps the project from being idle
};

/// The lines of a log in chunks: {"type": "log.chunk", "offset", "nextOffset", "text", "truncated"}, with the
/// offset to read on from as their id.
class LogFeed final : public http::Feed {
public:
    /// `db` is the hub's thread's.
    LogFeed(db::Connection& db, Admission admission, LogFollowing following);

    Next next(std::vector<http::Piece>& out, std::size_t room) override;
    [[nodiscard]] std::chrono::milliseconds patience() const override;
    [[nodiscard]] std::string farewell() const override;

private:
    db::Connection& db_;
    Admission admission_;
    LogFollowing following_;
};

} // namespace skerry::web
