#include "agent/normaliser.hpp"

#include "agent/diagnosis.hpp"
#include "agent/event_types.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::agent {

namespace {

constexpr std::size_t largest_text = 256U << 10U;
constexpr std::size_t largest_unknown_text = 2'000;

/// What the agent says beside the conversation and nobody here needs.
bool is_beside_the_point(std::string_view name)
{
    constexpr std::array<std::string_view, 14> names = {"server.connected",
                                                        "server.heartbeat",
                                                        "server.instance.disposed",
                                                        "global.disposed",
                                                        "plugin.added",
                                                        "catalog.updated",
                                                        "reference.updated",
                                                        "models-dev.refreshed",
                                                        "lsp.updated",
                                                        "command.executed",
                                                        "vcs.branch.updated",
                                                        "session.diff",
                                                        "sync",
                                                        "file.watcher.updated"};
    constexpr std::array<std::string_view, 11> beginnings = {
        "integration.", "mcp.",     "installation.", "pty.",           "tui.",        "workspace.",
        "worktree.",    "project.", "session.next.", "permission.v2.", "question.v2."};
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::any_of(beginnings.begin(), beginnings.end(), [&](auto one) { return name.starts_with(one); });
}

/// Parts that say nothing by themselves: what they mean comes in other ways.
bool is_quiet_part(std::string_view kind)
{
    constexpr std::array<std::string_view, 8> kinds = {"step-start", "step-finish", "file",     "agent",
                                                       "subtask",    "compaction",  "snapshot", "retry"};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Event made(std::string_view name, const std::string& session, api::Json payload)
{
    return {std::string(name), session, std::move(payload)};
}

Event unknown(std::string_view name, const std::string& session, const api::Json& payload)
{
    return made(
        type::unknown, session,
        api::Json::object({{"upstreamType", name}, {"payload", clipped(payload, largest_unknown_text)}}));
}

api::Json tokens_of(const api::Json& tokens)
{
    return api::Json::object({{"input", tokens["input"].number()},
                              {"output", tokens["output"].number()},
                              {"reasoning", tokens["reasoning"].number()},
                              {"cacheRead", tokens["cache"]["read"].number()},
                              {"cacheWrite", tokens["cache"]["write"].number()}});
}

api::Json final_payload(const api::Json& info, const std::string& text)
{
    auto payload = api::Json::object({{"messageId", info["id"].text()}, {"role", info["role"].text()}});
    payload.set("text", without_middle(text, largest_text));
    if (info["finish"].is_text()) payload.set("finish", info["finish"].text());
    if (info["error"].is_object()) payload.set("error", to_json(diagnose(info["error"])));
    return payload.set("cost", info["cost"].real()).set("tokens", tokens_of(info["tokens"]));
}

/// Each attempt to retry is a status of its own.
std::string status_key(std::string_view status, const api::Json& payload)
{
    return std::string(status) + (payload.has("attempt") ? payload["attempt"].dump() : std::string());
}

} // namespace

struct Normaliser::Row {
    std::string_view name;
    Events (Normaliser::*take)(const api::Json&);
};

const Normaliser::Row Normaliser::table[] = {
    {"message.part.delta", &Normaliser::part_delta},
    {"message.part.updated", &Normaliser::part_updated},
    {"message.part.removed", &Normaliser::part_removed},
    {"message.updated", &Normaliser::message_updated},
    {"message.removed", &Normaliser::message_removed},
    {"session.created", &Normaliser::session_changed},
    {"session.updated", &Normaliser::session_changed},
    {"session.deleted", &Normaliser::session_deleted},
    {"session.status", &Normaliser::session_status},
    {"session.idle", &Normaliser::session_idle},
    {"session.error", &Normaliser::session_error},
    {"session.compacted", &Normaliser::session_compacted},
    {"permission.asked", &Normaliser::permission_asked},
    {"permission.replied", &Normaliser::permission_replied},
    {"question.asked", &Normaliser::question_asked},
    {"question.replied", &Normaliser::question_replied},
    {"question.rejected", &Normaliser::question_rejected},
    {"todo.updated", &Normaliser::todo_updated},
    {"file.edited", &Normaliser::file_edited},
};

Normaliser::Normaliser(Setup setup)
    : setup_(std::move(setup)), redaction_(setup_.secrets), requests_(setup_.folder)
{
}

std::vector<Event> Normaliser::take(const api::Json& upstream)
{
    return finish(dispatch(upstream["type"].view(), upstream));
}

std::vector<Event> Normaliser::learn(const api::Json& message)
{
    const auto& info = message["info"];
    messages_[info["id"].text()].session = info["sessionID"].text();
    messages_[info["id"].text()].user = info["role"].view() == "user";
    Events events;
    for (const auto& item : message["parts"].items()) {
        for (auto& event : part(item, true)) events.push_back(std::move(event));
    }
    for (auto& event : message_updated(message)) events.push_back(std::move(event));
    return finish(std::move(events));
}

std::vector<Event> Normaliser::reconcile(const std::string& root, const api::Json& permissions,
                                         const api::Json& questions)
{
    Events events;
    const auto add = [&](Events more) {
        for (auto& event : more) events.push_back(std::move(event));
    };
    std::set<std::string> ids;
    for (const auto* list : {&permissions, &questions}) {
        for (const auto& request : list->items()) {
            ids.insert(request["id"].text());
            if (!is_within(request["sessionID"].text(), root)) continue;
            add(list == &permissions ? requests_.permission_asked(request)
                                     : requests_.question_asked(request));
        }
    }
    add(requests_.keep_only(root, ids));
    for (const auto& [child, parent] : parents_) {
        if (is_within(child, root)) add(requests_.keep_only(child, ids));
    }
    return finish(std::move(events));
}

void Normaliser::remember(const Event& event)
{
    const auto& payload = event.payload;
    if (event.type == type::part_added || event.type == type::reasoning_part) {
        const bool replaces = payload.has("text");
        texts_.remember({payload["messageId"].text(), payload["partId"].text(),
                         event.type == type::reasoning_part, replaces,
                         payload[replaces ? "text" : "delta"].text()});
    }
    if (event.type == type::message_final) messages_[payload["messageId"].text()].final = true;
    if (event.type.starts_with("chat.tool.")) tools_.remember(event);
    if (event.type.starts_with("chat.permission.") || event.type.starts_with("chat.question.")) {
        requests_.remember(event);
    }
    if (event.type == type::session_status)
        statuses_[event.agent_session] = status_key(payload["status"].view(), payload);
    if (event.type == type::todo_updated) todos_[event.agent_session] = payload["todos"];
    if (event.type == type::file_changed) told_files_.insert(payload["path"].text());
    if (payload.has("parentSessionId")) set_parent(event.agent_session, payload["parentSessionId"].text());
}

bool Normaliser::is_within(const std::string& session, const std::string& root) const
{
    auto at = session;
    for (std::size_t steps = 0; steps <= parents_.size(); ++steps) {
        if (at == root) return true;
        const auto parent = parents_.find(at);
        if (parent == parents_.end()) return false;
        at = parent->second;
    }
    return false;
}

bool Normaliser::needs_input(const std::string& root) const
{
    return requests_.open(root) || std::any_of(parents_.begin(), parents_.end(), [&](const auto& child) {
               return requests_.open(child.first) && is_within(child.first, root);
           });
}

bool Normaliser::is_idle(const std::string& session) const
{
    const auto status = statuses_.find(session);
    return status != statuses_.end() && status->second == "idle";
}

void Normaliser::set_parent(const std::string& child, const std::string& parent)
{
    if (!child.empty() && !parent.empty()) parents_[child] = parent;
}

Normaliser::Events Normaliser::dispatch(std::string_view name, const api::Json& upstream)
{
    const auto* row =
        std::find_if(std::begin(table), std::end(table), [&](const Row& one) { return one.name == name; });
    const auto& properties = upstream["properties"];
    if (row != std::end(table)) return (this->*row->take)(properties);
    if (is_beside_the_point(name)) return {};
    return {unknown(name, properties["sessionID"].text(), properties.is_null() ? upstream : properties)};
}

/// What holds for every event, whatever it says.
Normaliser::Events Normaliser::finish(Events events) const
{
    for (auto& event : events) {
        event.payload = redaction_.of(event.payload);
        const auto parent = parents_.find(event.agent_session);
        if (parent != parents_.end()) event.payload.set("parentSessionId", parent->second);
    }
    return events;
}

Normaliser::Events Normaliser::message_updated(const api::Json& properties)
{
    const auto& info = properties["info"];
    const auto id = info["id"].text();
    auto& message = messages_[id];
    message.session = info["sessionID"].text();
    message.user = info["role"].view() == "user";
    const bool complete = info["time"].has("completed") || info["error"].is_object();
    if (message.user || message.final || !complete) return {};
    message.final = true;
    return {made(type::message_final, message.session, final_payload(info, texts_.of(id)))};
}

Normaliser::Events Normaliser::message_removed(const api::Json& properties)
{
    messages_.erase(properties["messageID"].text());
    return {};
}

Normaliser::Events Normaliser::part_updated(const api::Json& properties)
{
    return part(properties["part"], false);
}

Normaliser::Events Normaliser::part_delta(const api::Json& properties)
{
    if (properties["field"].view() != "text") return {};
    return text_change(properties["sessionID"].text(), texts_.append(properties));
}

Normaliser::Events Normaliser::part_removed(const api::Json& properties)
{
    return text_change(properties["sessionID"].text(),
                       texts_.remove(properties["messageID"].text(), properties["partID"].text()));
}

Normaliser::Events Normaliser::session_changed(const api::Json& properties)
{
    set_parent(properties["info"]["id"].text(), properties["info"]["parentID"].text());
    return {};
}

Normaliser::Events Normaliser::session_deleted(const api::Json& properties)
{
    const auto session = properties["sessionID"].text(properties["info"]["id"].view());
    return set_status(session, "deleted", api::Json::object());
}

Normaliser::Events Normaliser::session_status(const api::Json& properties)
{
    const auto& status = properties["status"];
    const auto session = properties["sessionID"].text();
    if (status["type"].view() != "retry")
        return set_status(session, status["type"].view(), api::Json::object());

    const auto attempt = status["attempt"].number();
    const auto diagnosis = diagnose_retry(status["message"].view());
    const auto plan = api::Json::object(
        {{"attempt", attempt}, {"message", diagnosis.message}, {"retryAt", status["next"].number()}});
    auto events = set_status(session, "retry", plan);
    if (events.empty()) return events;
    auto payload = to_json(diagnosis).set("attempt", attempt).set("retryAt", status["next"].number());
    events.push_back(made(type::diagnostic, session, std::move(payload)));
    return events;
}

Normaliser::Events Normaliser::session_idle(const api::Json& properties)
{
    return set_status(properties["sessionID"].text(), "idle", api::Json::object());
}

/// Some errors are told twice, the second time with the stack of the agent's own calls.
Normaliser::Events Normaliser::session_error(const api::Json& properties)
{
    const auto session = properties["sessionID"].text();
    const auto diagnosis = diagnose(properties["error"]);
    auto& last = faults_[session];
    if (last == name_of(diagnosis.fault)) return {};
    last = name_of(diagnosis.fault);
    return {made(type::diagnostic, session, to_json(diagnosis))};
}

Normaliser::Events Normaliser::session_compacted(const api::Json& properties)
{
    return {made(type::diagnostic, properties["sessionID"].text(),
                 to_json({Fault::context, "the conversation was summarised to make room", {}}))};
}

Normaliser::Events Normaliser::todo_updated(const api::Json& properties)
{
    const auto session = properties["sessionID"].text();
    auto todos = clipped(properties["todos"], 500);
    if (todos_[session] == todos) return {};
    todos_[session] = todos;
    return {made(type::todo_updated, session, api::Json::object({{"todos", std::move(todos)}}))};
}

Normaliser::Events Normaliser::file_edited(const api::Json& properties)
{
    const auto path = relative_to(setup_.folder, properties["file"].text());
    edited_.insert(path);
    return {file_changed(properties["sessionID"].text(), path)};
}

Normaliser::Events Normaliser::part(const api::Json& part, bool from_list)
{
    const auto kind = part["type"].view();
    const auto session = part["sessionID"].text();
    if (kind == "text" || kind == "reasoning") {
        const auto change = from_list ? texts_.learn(part) : texts_.update(part);
        const auto message = messages_.find(part["messageID"].text());
        const bool user = message != messages_.end() && message->second.user;
        if (user) return change && !message->second.final ? user_message(session, message->first) : Events();
        return text_change(session, change);
    }
    if (kind == "tool") {
        set_parent(part["state"]["metadata"]["sessionId"].text(), session);
        return tools_.update(part, setup_.folder);
    }
    if (kind == "patch") return patch(part, from_list);
    if (is_quiet_part(kind)) return {};
    return {unknown("message.part.updated/" + std::string(kind), session, part)};
}

/// The files that a step changed; those changed by the agent's own tools have been told already.
Normaliser::Events Normaliser::patch(const api::Json& part, bool from_list)
{
    if (!patches_.insert(part["id"].text()).second) return {};
    Events events;
    for (const auto& file : part["files"].items()) {
        const auto path = relative_to(setup_.folder, file.text());
        if (edited_.contains(path) || (from_list && told_files_.contains(path))) continue;
        events.push_back(file_changed(part["sessionID"].text(), path));
    }
    if (!from_list) edited_.clear();
    return events;
}

Event Normaliser::file_changed(const std::string& session, const std::string& path)
{
    told_files_.insert(path);
    return made(type::file_changed, session, api::Json::object({{"path", path}}));
}

Normaliser::Events Normaliser::text_change(const std::string& session,
                                           const std::optional<Texts::Change>& change)
{
    if (!change) return {};
    auto payload = api::Json::object({{"messageId", change->message}, {"partId", change->part}});
    payload.set(change->replaces ? "text" : "delta", change->text);
    return {made(change->reasoning ? type::reasoning_part : type::part_added, session, std::move(payload))};
}

/// What a person said is complete when it arrives, except that it may come in several parts.
Normaliser::Events Normaliser::user_message(const std::string& session, const std::string& message)
{
    return {made(type::message_final, session,
                 api::Json::object({{"messageId", message},
                                    {"role", "user"},
                                    {"text", without_middle(texts_.of(message), largest_text)}}))};
}

Normaliser::Events Normaliser::set_status(const std::string& session, std::string_view status,
                                          api::Json payload)
{
    const auto key = status_key(status, payload);
    auto& last = statuses_[session];
    if (last == key) return {};
    last = key;
    if (status == "busy") faults_.erase(session);
    auto events = status == "idle" || status == "deleted" ? requests_.dropped(session) : Events();
    auto whole = api::Json::object({{"status", status}});
    for (const auto& member : payload.members()) whole.set(member.name, member.value);
    events.push_back(made(type::session_status, session, std::move(whole)));
    return events;
}

} // namespace skerry::agent
