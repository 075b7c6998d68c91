#include "agent/file_changes.hpp"

#include "agent/event_types.hpp"
#include "agent/showing.hpp"

namespace skerry::agent {

std::vector<Event> FileChanges::edited(const api::Json& properties)
{
    const auto path = relative_to(folder_, properties["file"].text());
    edited_.insert(path);
    return {told(properties["sessionID"].text(), path)};
}

/// From the list it may be a step whose changes were told by an earlier process.
std::vector<Event> FileChanges::patch(const api::Json& part, bool from_list)
{
    if (!patches_.insert(part["id"].text()).second) return {};
    std::vector<Event> events;
    for (const auto& file : part["files"].items()) {
        const auto path = relative_to(folder_, file.text());
        if (edited_.contains(path) || (from_list && told_.contains(path))) continue;
        events.push_back(told(part["sessionID"].text(), path));
    }
    if (!from_list) edited_.clear();
    return events;
}

void FileChanges::remember(const Event& event)
{
    told_.insert(event.payload["path"].text());
}

Event FileChanges::told(const std::string& session, const std::string& path)
{
    told_.insert(path);
    return {std::string(type::file_changed), session, api::Json::object({{"path", path}})};
}

} // namespace skerry::agent
