#include "agent/session_states.hpp"

#include "agent/diagnosis.hpp"
#include "agent/event_types.hpp"

namespace skerry::agent {

namespace {

api::Json status_payload(const api::Json& status)
{
    auto payload = api::Json::object({{"status", status["type"].text()}});
    if (status["type"].view() != "retry") return payload;
    return payload.set("attempt", status["attempt"].number())
        .set("message", diagnose_retry(status["message"].view()).message)
        .set("retryAt", status["next"].number());
}

/// Each attempt is a status of its own.
std::string key_of(const api::Json& payload)
{
    return payload["status"].text() + (payload.has("attempt") ? payload["attempt"].dump() : std::string());
}

} // namespace

std::vector<Event> SessionStates::set_status(const std::string& session, const api::Json& status)
{
    auto payload = status_payload(status);
    auto& last = statuses_[session];
    if (last == key_of(payload)) return {};
    last = key_of(payload);
    if (last == "busy") faults_.erase(session);
    std::vector<Event> events = {Event{std::string(type::session_status), session, payload}};
    if (payload.has("attempt")) {
        auto diagnosis = to_json(diagnose_retry(status["message"].view()));
        diagnosis.set("attempt", payload["attempt"]).set("retryAt", payload["retryAt"]);
        events.push_back(Event{std::string(type::diagnostic), session, std::move(diagnosis)});
    }
    return events;
}

std::vector<Event> SessionStates::error(const std::string& session, const api::Json& error)
{
    const auto diagnosis = diagnose(error);
    auto& last = faults_[session];
    if (last == name_of(diagnosis.fault)) return {};
    last = name_of(diagnosis.fault);
    return {Event{std::string(type::diagnostic), session, to_json(diagnosis)}};
}

void SessionStates::set_parent(const std::string& child, const std::string& parent)
{
    if (!child.empty() && !parent.empty()) parents_[child] = parent;
}

void SessionStates::remember(const Event& event)
{
    statuses_[event.agent_session] = key_of(event.payload);
}

bool SessionStates::is_idle(const std::string& session) const
{
    const auto status = statuses_.find(session);
    return status != statuses_.end() && status->second == "idle";
}

std::string SessionStates::parent_of(const std::string& session) const
{
    const auto parent = parents_.find(session);
    return parent == parents_.end() ? std::string() : parent->second;
}

bool SessionStates::is_within(const std::string& session, const std::string& root) const
{
    auto at = session;
    for (std::size_t steps = 0; steps <= parents_.size() && !at.empty(); ++steps) {
        if (at == root) return true;
        at = parent_of(at);
    }
    return false;
}

std::vector<std::string> SessionStates::family_of(const std::string& root) const
{
    std::vector<std::string> family = {root};
    for (const auto& [child, parent] : parents_) {
        if (child != root && is_within(child, root)) family.push_back(child);
    }
    return family;
}

} // namespace skerry::agent
