#pragma once

#include "agent/event.hpp"

#include <map>
#include <string>
#include <vector>

namespace skerry::agent {

/// The agent's uses of tools: each begins once and ends once, however often the agent repeats it.
class Tools {
public:
    /// A part of type "tool", as it is now. Paths in titles are shown relative to `folder`.
    std::vector<Event> update(const api::Json& part, const std::string& folder);
    /// An event of a tool that has been told before.
    void remember(const Event& event);

private:
    enum class Stage { begun, ended };
    std::map<std::string, Stage> stages_; ///< by message and call
};

} // namespace skerry::agent
