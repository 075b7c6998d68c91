#include "web/event_tail.hpp"

#include "auth/callers.hpp"
#include "projects/project_store.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

constexpr std::size_t most_entries =
    4096; // a minute of fifty busy agents; who is further behind reads the database

} // namespace

EventTail::EventTail(const Paths& paths) : db_(paths.database(), db::Role::worker)
{
    newest_ = events::newest(db_);
    first_ = newest_;
}

void EventTail::refresh()
{
    access_changes_ = auth::access_changes(db_);
    for (bool more = true; more;) {
        auto part = events::read_part(db_, {}, newest_);
        for (auto& event : part.events) {
            auto frame = std::make_shared<const std::string>(frame_of(event));
            entries_.push_back({std::move(event), std::move(frame)});
        }
        newest_ = part.next;
        more = part.more;
        while (entries_.size() > most_entries) {
            first_ = entries_.front().event.seq;
            entries_.pop_front();
        }
    }
}

std::deque<EventTail::Entry>::const_iterator EventTail::behind(std::int64_t seq) const
{
    return std::upper_bound(entries_.begin(), entries_.end(), seq,
                            [](std::int64_t number, const Entry& entry) { return number < entry.event.seq; });
}

const std::optional<std::string>& EventTail::owner_of(const std::string& project)
{
    const auto known = owners_.find(project);
    if (known != owners_.end()) return known->second;
    const auto found = projects::find(db_, projects::ProjectId(project));
    return owners_.emplace(project, found ? found->owner : std::nullopt).first->second;
}

std::string frame_of(const events::Event& event)
{
    return "id: " + std::to_string(event.seq) + "\ndata: " + to_json(event).dump() + "\n\n";
}

} // namespace skerry::web
