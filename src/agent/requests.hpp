#pragma once

#include "agent/event.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace skerry::agent {

/// One that the agent waits for now.
struct OpenRequest {
    std::string id;
    std::string session; ///< the agent's name for the one that asks
    bool question = false;
};

/// What the agent's lists of permissions and questions hold, of all its sessions.
std::vector<OpenRequest> requests_in(const api::Json& permissions, const api::Json& questions);

/// What the agent waits for: permissions and answers. Each is asked once and resolved once.
class Requests {
public:
    /// Paths in titles are shown relative to `folder`.
    explicit Requests(std::string folder) : folder_(std::move(folder)) {}

    /// An item of the agent's lists, or the properties of permission.asked or question.asked.
    std::vector<Event> permission_asked(const api::Json& request);
    std::vector<Event> question_asked(const api::Json& request);
    /// The properties of permission.replied, question.replied or question.rejected.
    std::vector<Event> permission_replied(const api::Json& reply);
    std::vector<Event> question_replied(const api::Json& reply);
    std::vector<Event> question_rejected(const api::Json& reply);
    /// The session waits for nothing any more: the agent keeps such requests in its lists, but nobody can
    /// answer them.
    std::vector<Event> dropped(const std::string& session);
    /// It is of no interest any more, whether it was told or not: it will not be told again.
    std::vector<Event> forget(const OpenRequest& request);
    /// The open requests of `session` that are not in `ids` were answered unheard.
    std::vector<Event> keep_only(const std::string& session, const std::set<std::string>& ids);
    /// The request is being answered so: should its end not be heard, it was that.
    void expect(const std::string& id, const std::string& reply);
    /// A request or its end that has been told before.
    void remember(const Event& event);

    /// Whether one of `session` is open.
    [[nodiscard]] bool open(const std::string& session) const;
    /// All that are open, of all sessions.
    [[nodiscard]] std::vector<OpenRequest> open() const;

private:
    std::vector<Event> asked(const api::Json& request, Event event);
    std::vector<Event> resolved(const api::Json& reply, api::Json payload);
    std::vector<Event> resolve_all(const std::string& session, const std::set<std::string>& kept,
                                   std::string_view reply);

    struct Request {
        std::string session;
        bool question = false;
        bool open = true;
        std::string expected{}; ///< the reply that is on its way
    };
    std::string folder_;
    std::map<std::string, Request> requests_; ///< by id: all that were told
};

} // namespace skerry::agent
