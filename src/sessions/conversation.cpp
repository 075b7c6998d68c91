#include "sessions/conversation.hpp"

#include "events/event_log.hpp"
#include "sessions/session_store.hpp"

#include <algorithm>
#include <map>

namespace skerry::sessions {
namespace {

/// Puts the messages of one turn together from its events.
class Hearing {
public:
    explicit Hearing(const Turn& turn) : turn_(turn.id)
    {
        said_.push_back({.turn = turn.id,
                         .id = turn.message.value_or(""),
                         .role = "user",
                         .text = turn.prompt,
                         .time = turn.created_at});
    }

    void take(const events::Event& event)
    {
        const auto& [type, project, session, turn, job, payload] = event.fact;
        if (payload.has("parentSessionId") || payload["role"].view() == "user") return;
        auto& message = message_named(payload["messageId"].text());
        if (message.time == 0) message.time = event.time;
        if (type == "chat.message.final") {
            message.text = payload["text"].text();
            return;
        }
        auto tool = api::Json::object({{"tool", payload["tool"]},
                                       {"title", payload["title"]},
                                       {"state", type == "chat.tool.error" ? "failed" : "done"}});
        for (const auto* name : {"exitCode", "error"})
            if (payload.has(name)) tool.set(name, payload[name]);
        message.tools.push_back(std::move(tool));
    }

    /// Those that say or do something.
    std::vector<Message> messages()
    {
        std::erase_if(said_, [](const Message& one) { return one.text.empty() && one.tools.empty(); });
        return std::move(said_);
    }

private:
    Message& message_named(const std::string& id)
    {
        const auto found =
            std::find_if(said_.begin(), said_.end(), [&](const Message& one) { return one.id == id; });
        if (found != said_.end()) return *found;
        said_.push_back({.turn = turn_, .id = id, .role = "assistant", .text = {}});
        return said_.back();
    }

    TurnId turn_;
    std::vector<Message> said_;
};

} // namespace

api::Json to_json(const Message& message)
{
    return api::Json::object({{"turnId", message.turn.value},
                              {"id", message.id.empty() ? api::Json() : api::Json(message.id)},
                              {"role", message.role},
                              {"text", message.text},
                              {"tools", message.tools},
                              {"time", message.time}});
}

std::vector<Message> conversation_of(db::Connection& db, const SessionId& session)
{
    const auto turns = turns_of(db, session);
    std::map<std::string, Hearing> hearings;
    for (const auto& turn : turns) hearings.emplace(turn.id.value, Hearing(turn));

    const events::Filter filter{.session = session.value,
                                .types = {"chat.message.final", "chat.tool.finish", "chat.tool.error"}};
    std::int64_t after = 0;
    for (auto part = events::read(db, filter, after); !part.empty(); part = events::read(db, filter, after)) {
        after = part.back().seq;
        for (const auto& event : part)
            if (const auto hearing = hearings.find(event.fact.turn); hearing != hearings.end())
                hearing->second.take(event);
    }

    std::vector<Message> all;
    for (const auto& turn : turns)
        for (auto& message : hearings.at(turn.id.value).messages()) all.push_back(std::move(message));
    return all;
}

} // namespace skerry::sessions
