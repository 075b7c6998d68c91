#pragma once

#include "agent/event.hpp"
#include "agent/requests.hpp"
#include "agent/showing.hpp"
#include "agent/texts.hpp"
#include "agent/tools.hpp"

#include <map>
#include <set>
#include <string>
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
    /// An event that was told before, by an earlier process.
    void remember(const Event& event);
    /// The stream was interrupted: events may have been missed.
    void lost() { texts_.lost(); }

    /// Whether `session` is `root` or one of the sub-agents below it.
    [[nodiscard]] bool is_within(const std::string& session, const std::string& root) const;
    /// Whether the agent waits for somebody in `root` or below.
    [[nodiscard]] bool needs_input(const std::string& root) const;
    /// Whether `session` was last told to be idle.
    [[nodiscard]] bool is_idle(const std::string& session) const;
    /// That `child` is a sub-agent's session below `parent`.
    void set_parent(const std::string& child, const std::string& parent);

private:
    using Events = std::vector<Event>;
    struct Row;
    static const Row table[];

    Events dispatch(std::string_view name, const api::Json& upstream);
    Events finish(Events events) const;

    Events message_updated(const api::Json& properties);
    Events message_removed(const api::Json& properties);
    Events part_updated(const api::Json& properties);
    Events part_delta(const api::Json& properties);
    Events part_removed(const api::Json& properties);
    Events session_changed(const api::Json& properties);
    Events session_deleted(const api::Json& properties);
    Events session_status(const api::Json& properties);
    Events session_idle(const api::Json& properties);
    Events session_error(const api::Json& properties);
    Events session_compacted(const api::Json& properties);
    Events permission_asked(const api::Json& properties) { return requests_.permission_asked(properties); }
    Events permission_replied(const api::Json& properties)
    {
        return requests_.permission_replied(properties);
    }
    Events question_asked(const api::Json& properties) { return requests_.question_asked(properties); }
    Events question_replied(const api::Json& properties) { return requests_.question_replied(properties); }
    Events question_rejected(const api::Json& properties) { return requests_.question_rejected(properties); }
    Events todo_updated(const api::Json& properties);
    Events file_edited(const api::Json& properties);

    Events part(const api::Json& part, bool from_list);
    Events patch(const api::Json& part, bool from_list);
    Event file_changed(const std::string& session, const std::string& path);
    Events text_change(const std::string& session, const std::optional<Texts::Change>& change);
    Events user_message(const std::string& session, const std::string& message);
    Events set_status(const std::string& session, std::string_view status, api::Json payload);

    struct Message {
        std::string session;
        bool user = false;
        bool final = false;
    };

    Setup setup_;
    Redaction redaction_;
    Texts texts_;
    Tools tools_;
    Requests requests_;
    std::map<std::string, Message> messages_;
    std::map<std::string, std::string> parents_;  ///< a sub-agent's session -> the session that began it
    std::map<std::string, std::string> statuses_; ///< by session
    std::map<std::string, std::string> faults_;   ///< the last fault told, by session, until it works again
    std::map<std::string, api::Json> todos_;      ///< by session
    std::set<std::string> edited_;                ///< files told since the last step that changed files
    std::set<std::string> told_files_;            ///< all files told
    std::set<std::string> patches_;               ///< parts that were told
};

} // namespace skerry::agent
