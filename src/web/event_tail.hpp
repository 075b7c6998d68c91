#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"
#include "events/event_log.hpp"
#include "http/feed.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace skerry::web {

/// The newest events, read and written down once for all who follow them. For one thread: the hub's.
class EventTail {
public:
    struct Entry {
        events::Event event;
        http::Piece frame; ///< as it goes out
    };

    /// Begins behind what is stored already.
    explicit EventTail(const Paths& paths);

    /// Reads what was committed since the last time, and whether somebody's login or token has ended.
    void refresh();

    /// Whether all events behind `seq` are here.
    [[nodiscard]] bool reaches(std::int64_t seq) const noexcept { return seq >= first_; }
    [[nodiscard]] std::int64_t newest() const noexcept { return newest_; }
    /// The first entry behind `seq`.
    [[nodiscard]] std::deque<Entry>::const_iterator behind(std::int64_t seq) const;
    [[nodiscard]] std::deque<Entry>::const_iterator end() const { return entries_.end(); }

    /// See auth::access_changes; as of the last refresh. Any thread.
    [[nodiscard]] std::int64_t access_changes() const noexcept { return access_changes_; }
    /// Whose the project is, also one that was deleted.
    const std::optional<std::string>& owner_of(const std::string& project);
    /// For what is not here any more.
    db::Connection& db() noexcept { return db_; }

private:
    db::Connection db_;
    std::deque<Entry> entries_;
    std::int64_t first_ = 0;                                   ///< no event behind this one is missing
    std::atomic<std::int64_t> newest_ = 0;                     ///< also read by those who watch the server
    std::atomic<std::int64_t> access_changes_ = 0;             ///< also read by the threads of passages
    std::map<std::string, std::optional<std::string>> owners_; ///< by project
};

/// "id: 7", "data: {...}" and an empty line.
std::string frame_of(const events::Event& event);

} // namespace skerry::web
