#pragma once

#include "agent/event.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace skerry::agent {

/// The files that an agent changes, relative to its folder. They come in two ways: at once from its own
/// tools, and at the end of each step as a list that also holds what commands and sub-agents changed.
class FileChanges {
public:
    explicit FileChanges(std::string folder) : folder_(std::move(folder)) {}

    /// The properties of file.edited.
    std::vector<Event> edited(const api::Json& properties);
    /// A part of type "step-start" came from the stream.
    void begin_step(const std::string& session);
    /// A part of type "patch", from the stream or from the message list.
    std::vector<Event> patch(const api::Json& part, bool from_list);
    /// A change that was told before.
    void remember(const Event& event);

private:
    Event told(const std::string& session, const std::string& path);

    /// Whether it was told after the first `count` of all that were told.
    [[nodiscard]] bool was_told(const std::string& path, std::size_t count) const;

    std::string folder_;
    std::vector<std::string> told_;                  ///< in the order it was told
    std::map<std::string, std::size_t> told_before_; ///< how many were told when the session's step began
    std::set<std::string> patches_;                  ///< the parts that were told
};

} // namespace skerry::agent
