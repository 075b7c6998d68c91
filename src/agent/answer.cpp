#include "agent/answer.hpp"

#include "agent/showing.hpp"

#include <algorithm>

namespace skerry::agent {

namespace {

using api::Json;

bool is_user(const Json& message)
{
    return message["info"]["role"].view() == "user";
}

/// The agent adds prompts of its own, for example to go on after it has summarised the conversation.
bool is_of_person(const Json& message)
{
    if (!is_user(message)) return false;
    const auto& parts = message["parts"].items();
    return std::any_of(parts.begin(), parts.end(), [](const Json& part) {
        return part["type"].view() == "text" && !part["synthetic"].boolean();
    });
}

/// Whether the agent summarises the conversation of its own accord. Then it says the prompt once more, or
/// that it shall go on, in the person's name.
bool begins_summary(const Json& message)
{
    const auto& parts = message["parts"].items();
    return is_user(message) && std::any_of(parts.begin(), parts.end(), [](const Json& part) {
               return part["type"].view() == "compaction" && part["auto"].boolean();
           });
}

std::string text_of(const Json& message)
{
    std::string text;
    for (const auto& part : message["parts"].items()) {
        if (part["type"].view() == "text" && !part["synthetic"].boolean()) text += part["text"].view();
    }
    return text;
}

bool has_failed_tool(const Json& message)
{
    const auto& parts = message["parts"].items();
    return std::any_of(parts.begin(), parts.end(), [](const Json& part) {
        return part["type"].view() == "tool" && part["state"]["status"].view() == "error";
    });
}

/// A step that ends with calls of tools is followed by another one, unless a person refused a call.
bool ends_turn(const Json& message)
{
    const auto& info = message["info"];
    if (!info["time"].has("completed")) return false;
    return info["finish"].view() != "tool-calls" || has_failed_tool(message);
}

void add_step(Answer& answer, const Json& message, const std::string& folder)
{
    const auto& info = message["info"];
    ++answer.steps;
    answer.cost += info["cost"].real();
    answer.tokens_input += info["tokens"]["input"].number();
    answer.tokens_output += info["tokens"]["output"].number();
    for (const auto& part : message["parts"].items()) {
        if (part["type"].view() != "patch") continue;
        for (const auto& file : part["files"].items()) {
            answer.files_changed.push_back(relative_to(folder, file.text()));
        }
    }
}

void set_last_step(Answer& answer, const Json& message)
{
    const auto& info = message["info"];
    answer.begun = true;
    answer.complete = ends_turn(message);
    answer.finish = info["finish"].text();
    answer.text = text_of(message);
    if (info["error"].is_object()) answer.error = diagnose(info["error"]);
}

} // namespace

std::vector<Json> turn_of(const Json& messages, const std::string& prompt)
{
    std::vector<Json> turn;
    bool answered = false;
    bool summarised = false; // so that the next prompt is not a person's
    for (const auto& message : messages.items()) {
        const bool first = message["info"]["id"].view() == prompt;
        if (turn.empty() && !first) continue;
        // A prompt that came before any answer shares the answer of this one.
        if (!first && answered && !summarised && is_of_person(message)) break;
        answered = answered || !is_user(message);
        if (is_user(message) || message["info"]["error"].is_object()) summarised = begins_summary(message);
        turn.push_back(message);
    }
    return turn;
}

Answer answer_in(const std::vector<Json>& turn, const std::string& folder)
{
    Answer answer{.prompt_there = !turn.empty()};
    add_steps(answer, turn, folder);
    const auto last = std::find_if_not(turn.rbegin(), turn.rend(), is_user);
    if (last != turn.rend()) set_last_step(answer, *last);
    return answer;
}

std::set<std::string> sub_agents_in(const std::vector<Json>& messages)
{
    std::set<std::string> sessions;
    for (const auto& message : messages) {
        for (const auto& part : message["parts"].items()) {
            auto session = part["state"]["metadata"]["sessionId"].text();
            if (part["type"].view() == "tool" && !session.empty()) sessions.insert(std::move(session));
        }
    }
    return sessions;
}

std::int64_t beginning_of(const std::vector<Json>& messages)
{
    return messages.empty() ? 0 : messages.front()["info"]["time"]["created"].number();
}

void add_steps(Answer& answer, const std::vector<Json>& messages, const std::string& folder)
{
    for (const auto& message : messages)
        if (!is_user(message)) add_step(answer, message, folder);
    auto& files = answer.files_changed;
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
}

} // namespace skerry::agent
