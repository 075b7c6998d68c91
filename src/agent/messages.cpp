#include "agent/messages.hpp"

#include "agent/diagnosis.hpp"
#include "agent/event_types.hpp"
#include "agent/showing.hpp"

namespace skerry::agent {

namespace {

constexpr std::size_t largest_text = 256U << 10U;

api::Json tokens_of(const api::Json& tokens)
{
    return api::Json::object({{"input", tokens["input"].number()},
                              {"output", tokens["output"].number()},
                              {"reasoning", tokens["reasoning"].number()},
                              {"cacheRead", tokens["cache"]["read"].number()},
                              {"cacheWrite", tokens["cache"]["write"].number()}});
}

Event final_event(const std::string& session, const std::string& message, std::string_view role,
                  const std::string& text)
{
    return {std::string(type::message_final), session,
            api::Json::object(
                {{"messageId", message}, {"role", role}, {"text", without_middle(text, largest_text)}})};
}

Event final_of_agent(const api::Json& info, const std::string& text)
{
    auto event = final_event(info["sessionID"].text(), info["id"].text(), "assistant", text);
    auto& payload = event.payload;
    if (info["finish"].is_text()) payload.set("finish", info["finish"].text());
    if (info["error"].is_object()) payload.set("error", to_json(diagnose(info["error"])));
    payload.set("cost", info["cost"].real()).set("tokens", tokens_of(info["tokens"]));
    return event;
}

std::vector<Event> told(const std::string& session, const std::optional<Texts::Change>& change)
{
    if (!change) return {};
    auto payload = api::Json::object({{"messageId", change->message}, {"partId", change->part}});
    payload.set(change->replaces ? "text" : "delta", change->text);
    const auto name = change->reasoning ? type::reasoning_part : type::part_added;
    return {{std::string(name), session, std::move(payload)}};
}

} // namespace

void Messages::introduce(const api::Json& info)
{
    const auto [found, fresh] = messages_.try_emplace(info["id"].text());
    auto& message = found->second;
    message.user = info["role"].view() == "user";
    if (fresh && message.user && summarised_.erase(info["sessionID"].text()) > 0) message.final = true;
}

std::vector<Event> Messages::update(const api::Json& info)
{
    introduce(info);
    auto& message = messages_[info["id"].text()];
    const bool complete = info["time"].has("completed") || info["error"].is_object();
    if (message.user || message.final || !complete) return {};
    message.final = true;
    const auto id = info["id"].text();
    std::vector<Event> events;
    for (const auto& change : texts_.rest_of(id))
        for (auto& event : told(info["sessionID"].text(), change)) events.push_back(std::move(event));
    events.push_back(final_of_agent(info, texts_.of(id)));
    return events;
}

/// What a person said is complete when it arrives, except that it may come in several parts.
std::vector<Event> Messages::update_part(const api::Json& part, bool from_list)
{
    const auto change = from_list ? texts_.learn(part) : texts_.update(part);
    const auto session = part["sessionID"].text();
    const auto found = messages_.find(part["messageID"].text());
    if (found == messages_.end() || !found->second.user) return told(session, change);
    if (!change || found->second.final) return {};
    return {final_event(session, found->first, "user", texts_.of(found->first))};
}

std::vector<Event> Messages::begin_step(const api::Json& part)
{
    std::vector<Event> events;
    for (const auto& change : texts_.take_back(part["messageID"].text(), part["id"].text()))
        for (auto& event : told(part["sessionID"].text(), change)) events.push_back(std::move(event));
    return events;
}

std::vector<Event> Messages::append(const api::Json& delta)
{
    if (delta["field"].view() != "text") return {};
    return told(delta["sessionID"].text(), texts_.append(delta));
}

std::vector<Event> Messages::remove_part(const api::Json& properties)
{
    return told(properties["sessionID"].text(),
                texts_.remove(properties["messageID"].text(), properties["partID"].text()));
}

void Messages::remove(const api::Json& properties)
{
    messages_.erase(properties["messageID"].text());
}

void Messages::summarise(const api::Json& part)
{
    if (part["auto"].boolean()) summarised_.insert(part["sessionID"].text());
}

void Messages::remember(const Event& event)
{
    const auto& payload = event.payload;
    const auto message = payload["messageId"].text();
    if (event.type == type::message_final) {
        messages_[message].final = true;
        return;
    }
    const bool replaces = payload.has("text");
    const auto text = payload[replaces ? "text" : "delta"].text();
    texts_.remember({message, payload["partId"].text(), event.type == type::reasoning_part, replaces, text});
}

} // namespace skerry::agent
