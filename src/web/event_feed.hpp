#pragma once

#include "api/caller.hpp"
#include "events/event_log.hpp"
#include "http/feed.hpp"
#include "util/presence.hpp"
#include "web/event_tail.hpp"
#include "web/identity.hpp"

#include <memory>
#include <string>

namespace skerry::web {

/// What one client follows, and as whom.
struct Following {
    events::Filter filter{};
    std::int64_t after = 0;
    api::Caller caller{};
    Proof proof{};                              ///< looked at again from time to time
    std::string greeting{};                     ///< the frame that comes first
    std::shared_ptr<const Presence> presence{}; ///< keeps the project from being idle
};

/// Events from the log and then from its tail: no gap, no repeat, and none that the caller may not see.
class EventFeed final : public http::Feed {
public:
    EventFeed(EventTail& tail, Following following);

    Next next(std::vector<http::Piece>& out, std::size_t room) override;
    [[nodiscard]] std::chrono::milliseconds patience() const override;
    [[nodiscard]] std::string farewell() const override;

private:
    [[nodiscard]] bool may_see(const events::Draft& fact) const;
    bool is_let_in();
    Next replay(std::vector<http::Piece>& out, std::size_t room);
    Next follow(std::vector<http::Piece>& out, std::size_t room);

    EventTail& tail_;
    Following following_;
    std::int64_t looked_at_ = 0; ///< when the proof was, by the monotonic clock
};

} // namespace skerry::web
