#pragma once

#include "cli/narrator.hpp"
#include "cli/terminal.hpp"
#include "events/event_log.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace skerry::cli {

/// Writes stored events to the output as they come: as JSON lines, or as people read them.
class Follower {
public:
    /// Begins behind `after`.
    Follower(Terminal& terminal, events::Filter filter, std::int64_t after);

    /// Leaves out what is said in other turns than this one and those given before.
    void only_turn(std::string turn) { turns_.insert(std::move(turn)); }
    /// The events that were stored since the last look, at most `limit`; whether there may be more.
    bool look(db::Connection& db, int limit = 500);
    /// Ends a line that stands open.
    void finish_line();
    [[nodiscard]] bool is_in_line() const noexcept { return narrator_.is_in_line(); }
    /// The newest event that was written.
    [[nodiscard]] std::int64_t seen() const noexcept { return after_; }

private:
    [[nodiscard]] std::string told(const events::Event& event);

    Terminal& terminal_;
    Narrator narrator_;
    events::Filter filter_;
    std::int64_t after_;
    std::set<std::string> turns_; ///< empty: all
};

} // namespace skerry::cli
