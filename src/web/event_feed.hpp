#pragma once

#include "events/event_log.hpp"
#include "http/feed.hpp"
#include "util/presence.hpp"
#include "web/admission.hpp"
#include "web/event_tail.hpp"

#include <memory>
#include <string>

namespace skerry::web {

/// What one client follows, and from where.
struct Following {
    events::Filter filter{};
    std::int64_t after = 0;
    bool is_lost = false;   ///< it came from where nothing has ever been: all it hears is where to come back
    std::string greeting{}; ///< the frame that comes first
    std::shared_ptr<const Presence> presence{}; ///< keeps the project from being idle
};

/// Events from the log and then from its tail: no gap, no repeat, and none that the caller may not see.
class EventFeed final : public http::Feed {
public:
    EventFeed(EventTail& tail, Admission admission, Following following);

    Next next(std::vector<http::Piece>& out, std::size_t room) override;
    [[nodiscard]] std::string farewell() const override;

private:
    [[nodiscard]] bool may_see(const events::Draft& fact) const;
    Next replay(std::vector<http::Piece>& out, std::size_t room);
    Next follow(std::vector<http::Piece>& out, std::size_t room);

    EventTail& tail_;
    Admission admission_;
    Following following_;
};

} // namespace skerry::web
