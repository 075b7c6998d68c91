#pragma once

#include "agent/event.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace skerry::agent {

/// How an agent's sessions stand and which one began which. Each change is told once.
class SessionStates {
public:
    /// {type: "busy" | "idle" | "retry", attempt?, message?, next?}
    std::vector<Event> set_status(const std::string& session, const api::Json& status);
    /// An error of the agent, which tells some of them twice.
    std::vector<Event> error(const std::string& session, const api::Json& error);
    /// That `child` is a sub-agent's session below `parent`.
    void set_parent(const std::string& child, const std::string& parent);
    /// A status that was told before.
    void remember(const Event& event);

    [[nodiscard]] bool is_idle(const std::string& session) const;
    /// The session that began it; empty when none did.
    [[nodiscard]] std::string parent_of(const std::string& session) const;
    /// Whether it is `root` or one of the sub-agents below it.
    [[nodiscard]] bool is_within(const std::string& session, const std::string& root) const;
    /// `root` and all the sub-agents below it.
    [[nodiscard]] std::vector<std::string> family_of(const std::string& root) const;

private:
    std::map<std::string, std::string> parents_;  ///< by session
    std::map<std::string, std::string> statuses_; ///< by session
    std::map<std::string, std::string> faults_;   ///< the last one told of a session, until it works again
};

} // namespace skerry::agent
