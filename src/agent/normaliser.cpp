#include "agent/normaliser.hpp"

#include "agent/diagnosis.hpp"
#include "agent/event_types.hpp"
#include "agent/upstream_types.hpp"

#include <algorithm>
#include <set>

namespace skerry::agent {

namespace {

using api::Json;

Event made(std::string_view name, const std::string& session, Json payload)
{
    return {std::string(name), session, std::move(payload)};
}

Event unknown(std::string_view name, const Json& properties)
{
    constexpr std::size_t largest_text = 2'000;
    return made(type::unknown, properties["sessionID"].text(),
                Json::object({{"upstreamType", name}, {"payload", clipped(properties, largest_text)}}));
}

std::string session_in(const Json& properties)
{
    return properties["sessionID"].text();
}

void append(std::vector<Event>& events, std::vector<Event> more)
{
    std::move(more.begin(), more.end(), std::back_inserter(events));
}

} // namespace

struct Normaliser::Row {
    std::string_view name;
    Events (*take)(Normaliser&, const Json& properties);
};

const Normaliser::Row Normaliser::table[] = {
    {"message.part.delta", [](auto& self, const Json& it) { return self.messages_.append(it); }},
    {"message.part.updated", [](auto& self, const Json& it) { return self.part(it["part"], false); }},
    {"message.part.removed", [](auto& self, const Json& it) { return self.messages_.remove_part(it); }},
    {"message.updated", [](auto& self, const Json& it) { return self.messages_.update(it["info"]); }},
    {"message.removed",
     [](auto& self, const Json& it) {
         self.messages_.remove(it);
         return Events();
     }},
    {"session.created",
     [](auto& self, const Json& it) {
         self.set_parent(it["info"]["id"].text(), it["info"]["parentID"].text());
         return Events();
     }},
    {"session.updated",
     [](auto& self, const Json& it) {
         self.set_parent(it["info"]["id"].text(), it["info"]["parentID"].text());
         return Events();
     }},
    {"session.deleted",
     [](auto& self, const Json& it) {
         return self.set_status(session_in(it), Json::object({{"type", "deleted"}}));
     }},
    {"session.status",
     [](auto& self, const Json& it) { return self.set_status(session_in(it), it["status"]); }},
    {"session.idle",
     [](auto& self, const Json& it) {
         return self.set_status(session_in(it), Json::object({{"type", "idle"}}));
     }},
    {"session.error",
     [](auto& self, const Json& it) { return self.sessions_.error(session_in(it), it["error"]); }},
    {"session.compacted",
     [](auto&, const Json& it) {
         const Diagnosis diagnosis{Fault::context, "the conversation was summarised to make room", {}};
         return Events{made(type::diagnostic, session_in(it), to_json(diagnosis))};
     }},
    {"permission.asked", [](auto& self, const Json& it) { return self.requests_.permission_asked(it); }},
    {"permission.replied", [](auto& self, const Json& it) { return self.requests_.permission_replied(it); }},
    {"question.asked", [](auto& self, const Json& it) { return self.requests_.question_asked(it); }},
    {"question.replied", [](auto& self, const Json& it) { return self.requests_.question_replied(it); }},
    {"question.rejected", [](auto& self, const Json& it) { return self.requests_.question_rejected(it); }},
    {"todo.updated", [](auto& self, const Json& it) { return self.todo_updated(it); }},
    {"file.edited", [](auto& self, const Json& it) { return self.files_.edited(it); }},
};

Normaliser::Normaliser(Setup setup)
    : redaction_(std::move(setup.secrets)), folder_(setup.folder), messages_(redaction_),
      requests_(setup.folder), files_(setup.folder)
{
}

std::vector<Event> Normaliser::take(const Json& upstream)
{
    return finish(dispatch(upstream));
}

std::vector<Event> Normaliser::learn(const Json& message)
{
    messages_.introduce(message["info"]);
    Events events;
    for (const auto& item : message["parts"].items()) append(events, part(item, true));
    append(events, messages_.update(message["info"]));
    return finish(std::move(events));
}

std::vector<Event> Normaliser::reconcile(const std::string& root, const Json& permissions,
                                         const Json& questions)
{
    Events events;
    std::set<std::string> ids;
    const auto take_all = [&](const Json& list, auto asked) {
        for (const auto& request : list.items()) {
            ids.insert(request["id"].text());
            if (sessions_.is_within(session_in(request), root)) append(events, (requests_.*asked)(request));
        }
    };
    take_all(permissions, &Requests::permission_asked);
    take_all(questions, &Requests::question_asked);
    for (const auto& session : sessions_.family_of(root)) append(events, requests_.keep_only(session, ids));
    return finish(std::move(events));
}

void Normaliser::remember(const Event& event)
{
    const std::string_view name = event.type;
    const bool text = name == type::part_added || name == type::reasoning_part || name == type::message_final;
    if (text) messages_.remember(event);
    if (name.starts_with("chat.tool.")) tools_.remember(event);
    if (name.starts_with("chat.permission.") || name.starts_with("chat.question.")) requests_.remember(event);
    if (name == type::session_status) sessions_.remember(event);
    if (name == type::todo_updated) todos_[event.agent_session] = event.payload["todos"];
    if (name == type::file_changed) files_.remember(event);
    set_parent(event.agent_session, event.payload["parentSessionId"].text());
}

bool Normaliser::needs_input(const std::string& root) const
{
    const auto family = sessions_.family_of(root);
    return std::any_of(family.begin(), family.end(),
                       [&](const auto& session) { return requests_.open(session); });
}

std::vector<OpenRequest> Normaliser::open_requests(const std::string& root) const
{
    std::vector<OpenRequest> found;
    for (auto& request : requests_.open()) {
        if (sessions_.is_within(request.session, root)) found.push_back(std::move(request));
    }
    return found;
}

Normaliser::Events Normaliser::dispatch(const Json& upstream)
{
    const auto name = upstream["type"].view();
    const auto* row =
        std::find_if(std::begin(table), std::end(table), [&](const Row& one) { return one.name == name; });
    const auto& properties = upstream["properties"];
    if (row != std::end(table)) return row->take(*this, properties);
    if (is_beside_the_point(name)) return {};
    return {unknown(name, properties.is_null() ? upstream : properties)};
}

Normaliser::Events Normaliser::part(const Json& part, bool from_list)
{
    const auto kind = part["type"].view();
    if (kind == "text" || kind == "reasoning") return messages_.update_part(part, from_list);
    if (kind == "patch") return files_.patch(part, from_list);
    if (kind == "tool") {
        set_parent(part["state"]["metadata"]["sessionId"].text(), session_in(part)); // of a sub-agent
        return tools_.update(part, folder_);
    }
    if (kind == "step-start") {
        if (!from_list) files_.begin_step(session_in(part));
        return messages_.begin_step(part);
    }
    if (kind == "compaction") messages_.summarise(part);
    if (is_quiet_part(kind)) return {};
    return {unknown("message.part.updated/" + std::string(kind), part)};
}

/// An idle session waits for nobody, even where the agent keeps its requests.
Normaliser::Events Normaliser::set_status(const std::string& session, const Json& status)
{
    const auto kind = status["type"].view();
    auto events = kind == "idle" || kind == "deleted" ? requests_.dropped(session) : Events();
    append(events, sessions_.set_status(session, status));
    return events;
}

Normaliser::Events Normaliser::todo_updated(const Json& properties)
{
    auto todos = clipped(properties["todos"], 500);
    auto& last = todos_[session_in(properties)];
    if (last == todos) return {};
    last = todos;
    return {made(type::todo_updated, session_in(properties), Json::object({{"todos", std::move(todos)}}))};
}

/// What holds for every event, whatever it says.
Normaliser::Events Normaliser::finish(Events events) const
{
    for (auto& event : events) {
        event.payload = redaction_.of(event.payload);
        const auto parent = sessions_.parent_of(event.agent_session);
        if (parent.empty()) continue;
        event.payload.set("agentSessionId", event.agent_session).set("parentSessionId", parent);
    }
    return events;
}

} // namespace skerry::agent
