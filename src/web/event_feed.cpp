#include "web/event_feed.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

constexpr int rows_at_once = 200; // others wait meanwhile

} // namespace

EventFeed::EventFeed(EventTail& tail, Admission admission, Following following)
    : tail_(tail), admission_(std::move(admission)), following_(std::move(following))
{
}

http::Feed::Next EventFeed::next(std::vector<http::Piece>& out, std::size_t room)
{
    if (admission_.is_in_doubt() && !admission_.look(tail_.db())) return Next::ended;
    if (following_.is_lost) {
        out.push_back(std::make_shared<const std::string>(farewell()));
        return Next::ended;
    }
    if (!following_.greeting.empty())
        out.push_back(std::make_shared<const std::string>(std::exchange(following_.greeting, {})));
    return tail_.reaches(following_.after) ? follow(out, room) : replay(out, room);
}

std::string EventFeed::farewell() const
{
    const auto seq = std::to_string(following_.after);
    return "event: resync\nid: " + seq + "\ndata: {\"after\":" + seq + "}\n\n";
}

bool EventFeed::may_see(const events::Draft& fact) const
{
    if (api::sees_all(admission_.caller())) return true;
    return !fact.project.empty() &&
           api::sees(admission_.caller(), fact.project, tail_.owner_of(fact.project));
}

http::Feed::Next EventFeed::replay(std::vector<http::Piece>& out, std::size_t room)
{
    const auto part = events::read_part(tail_.db(), following_.filter, following_.after, rows_at_once);
    std::size_t bytes = 0;
    for (const auto& event : part.events) {
        if (bytes > room) return Next::more;
        following_.after = event.seq;
        if (!may_see(event.fact)) continue;
        out.push_back(std::make_shared<const std::string>(frame_of(event)));
        bytes += out.back()->size();
    }
    following_.after = part.more ? part.next : std::max(part.next, tail_.newest());
    return Next::more;
}

http::Feed::Next EventFeed::follow(std::vector<http::Piece>& out, std::size_t room)
{
    std::size_t bytes = 0;
    for (auto entry = tail_.behind(following_.after); entry != tail_.end(); ++entry) {
        if (bytes > room) return Next::more;
        following_.after = entry->event.seq;
        if (!events::wants(following_.filter, entry->event.fact) || !may_see(entry->event.fact)) continue;
        out.push_back(entry->frame);
        bytes += entry->frame->size();
    }
    return Next::idle;
}

} // namespace skerry::web
