#pragma once

#include "agent/event.hpp"

#include <set>
#include <string>
#include <vector>

namespace skerry::agent {

/// The files that an agent changes, relative to its folder. They come in two ways: at once from its own
/// tools, and at the end of each step as a list that also holds what commands changed.
class FileChanges {
public:
    explicit FileChanges(std::string folder) : folder_(std::move(folder)) {}

    /// The properties of file.edited.
    std::vector<Event> edited(const api::Json& properties);
    /// A part of type "patch", from the stream or from the message list.
    std::vector<Event> patch(const api::Json& part, bool from_list);
    /// A change that was told before.
    void remember(const Event& event);

private:
    Event told(const std::string& session, const std::string& path);

    std::string folder_;
    std::set<std::string> edited_;  ///< told in this step
    std::set<std::string> told_;    ///< ever
    std::set<std::string> patches_; ///< the parts that were told
};

} // namespace skerry::agent
