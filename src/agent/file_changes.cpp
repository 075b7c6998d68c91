#include "agent/file_changes.hpp"

#include "agent/event_types.hpp"
#include "agent/showing.hpp"

#include <algorithm>

namespace skerry::agent {

std::vector<Event> FileChanges::edited(const api::Json& properties)
{
    return {told(properties["sessionID"].text(), relative_to(folder_, properties["file"].text()))};
}

void FileChanges::begin_step(const std::string& session)
{
    told_before_[session] = told_.size();
}

/// From the list it may be a step whose changes were told by an earlier process.
std::vector<Event> FileChanges::patch(const api::Json& part, bool from_list)
{
    if (!patches_.insert(part["id"].text()).second) return {};
    const auto session = part["sessionID"].text();
    const auto before = from_list ? 0 : told_before_[session];
    std::vector<Event> events;
    for (const auto& file : part["files"].items()) {
        const auto path = relative_to(folder_, file.text());
        if (!was_told(path, before)) events.push_back(told(session, path));
    }
    return events;
}

void FileChanges::remember(const Event& event)
{
    told_.push_back(event.payload["path"].text());
}

bool FileChanges::was_told(const std::string& path, std::size_t count) const
{
    return std::find(told_.begin() + static_cast<std::ptrdiff_t>(count), told_.end(), path) != told_.end();
}

Event FileChanges::told(const std::string& session, const std::string& path)
{
    told_.push_back(path);
    return {std::string(type::file_changed), session, api::Json::object({{"path", path}})};
}

} // namespace skerry::agent
