#pragma once

#include "agent/event.hpp"
#include "agent/file_changes.hpp"
#include "agent/messages.hpp"
#include "agent/requests.hpp"
#include "agent/session_states.hpp"
#include "agent/showing.hpp"
#include "agent/tools.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace skerry::agent {

/// Turns what an agent says into events, each fact once. Knows only what it needs to do so: it may be fed
/// from the agent's stream, from its message list, or from both in any order.
class Normaliser {
public:
    struct Setup {
        std::string folder{};               ///< the project's, as the agent sees it
        std::vector<std::string> secrets{}; ///< never to appear in an event
    };
    explicit Normaliser(Setup setup);

    /// One event of the agent's stream: {id, type, properties}.
    std::vector<Event> take(const api::Json& upstream);
    /// One item of the message list: {info, parts}.
    std::vector<Event> learn(const api::Json& message);
    /// The agent's lists of what it waits for, as they are now, for `root` and below.
    std::vector<Event> reconcile(const std::string& root, const api::Json& permissions,
                                 const api::Json& questions);
    /// A request that is of no interest any more.
    void expect(const std::string& id, const std::string& reply) { requests_.expect(id, reply); }
    std::vector<Event> forget(const OpenRequest& request) { return finish(requests_.forget(request)); }
    /// An event that was told before, by an earlier process.
    void remember(const Event& event);
    /// The stream was interrupted: events may have been missed.
    void lost() { messages_.lost(); }
    /// That `child` is a sub-agent's session below `parent`.
    void set_parent(const std::string& child, const std::string& parent)
    {
        sessions_.set_parent(child, parent);
    }

    /// `text` without secrets, as events are.
    [[nodiscard]] std::string cleaned(std::string text) const { return redaction_.of(std::move(text)); }
    [[nodiscard]] const SessionStates& sessions() const noexcept { return sessions_; }
    /// Whether the agent waits for somebody in `root` or below.
    [[nodiscard]] bool needs_input(const std::string& root) const;
    /// What it waits for there.
    [[nodiscard]] std::vector<OpenRequest> open_requests(const std::string& root) const;

private:
    using Events = std::vector<Event>;
    struct Row;
    static const Row table[];

    Events dispatch(const api::Json& upstream);
    Events part(const api::Json& part, bool from_list);
    Events set_status(const std::string& session, const api::Json& status);
    Events todo_updated(const api::Json& properties);
    Events finish(Events events) const;

    Redaction redaction_;
    std::string folder_;
    Messages messages_;
    Tools tools_;
    Requests requests_;
    SessionStates sessions_;
    FileChanges files_;
    std::map<std::string, api::Json> todos_; ///< by session
};

} // namespace skerry::agent
