#include "agent/texts.hpp"

namespace skerry::agent {

namespace {

/// A user's text has no times at all: it is complete from the start.
bool is_complete(const api::Json& part)
{
    return !part["time"].is_object() || part["time"].has("end");
}

bool is_hidden(const api::Json& part)
{
    return part["synthetic"].boolean() || part["ignored"].boolean();
}

} // namespace

std::optional<Texts::Change> Texts::update(const api::Json& part)
{
    const auto message = part["messageID"].text();
    const auto id = part["id"].text();
    auto& known = messages_[message][id];
    if (known.complete && !is_complete(part)) return std::nullopt; // older than what the message list said
    known.reasoning = part["type"].view() == "reasoning";
    known.hidden = is_hidden(part);
    known.complete = is_complete(part);
    known.gap = false;
    return replace(known, message, id, part["text"].text());
}

std::optional<Texts::Change> Texts::append(const api::Json& delta)
{
    const auto message = delta["messageID"].text();
    const auto id = delta["partID"].text();
    const auto parts = messages_.find(message);
    if (parts == messages_.end()) return std::nullopt;
    const auto found = parts->second.find(id);
    if (found == parts->second.end()) return std::nullopt;
    auto& part = found->second;
    const auto text = delta["delta"].text();
    if (part.gap || part.complete || text.empty()) return std::nullopt;
    part.text += text;
    return more_of(part, message, id);
}

std::optional<Texts::Change> Texts::learn(const api::Json& part)
{
    if (is_complete(part)) return update(part);
    const auto message = part["messageID"].text();
    const auto id = part["id"].text();
    if (messages_[message].contains(id)) return std::nullopt; // the list does not hold what is being written
    auto& known = messages_[message][id];
    known.reasoning = part["type"].view() == "reasoning";
    known.hidden = is_hidden(part);
    known.gap = true;
    return replace(known, message, id, part["text"].text());
}

std::optional<Texts::Change> Texts::remove(const std::string& message, const std::string& part)
{
    auto& known = messages_[message][part];
    known.complete = true;
    return replace(known, message, part, {});
}

std::vector<Texts::Change> Texts::take_back(const std::string& message, const std::string& before)
{
    std::vector<Change> changes;
    for (auto& [id, part] : messages_[message]) {
        if (part.complete || id >= before) continue;
        part.complete = true;
        if (const auto change = replace(part, message, id, {})) changes.push_back(*change);
    }
    return changes;
}

void Texts::remember(const Change& change)
{
    auto& part = messages_[change.message][change.part];
    part.reasoning = change.reasoning;
    part.gap = true;
    if (change.replaces)
        part.text = change.text;
    else
        part.text += change.text;
    part.told = part.text.size();
}

void Texts::lost()
{
    for (auto& [message, parts] : messages_) {
        for (auto& [id, part] : parts) part.gap = !part.complete;
    }
}

std::string Texts::of(const std::string& message) const
{
    std::string text;
    const auto parts = messages_.find(message);
    if (parts == messages_.end()) return text;
    for (const auto& [id, part] : parts->second) {
        if (!part.hidden && !part.reasoning) text += part.text;
    }
    return text;
}

std::vector<Texts::Change> Texts::rest_of(const std::string& message)
{
    std::vector<Change> rest;
    for (auto& [id, part] : messages_[message]) {
        if (part.gap) continue;
        if (auto change = more_of(part, message, id, true)) rest.push_back(std::move(*change));
    }
    return rest;
}

std::optional<Texts::Change> Texts::replace(Part& part, const std::string& message, const std::string& id,
                                            std::string text) const
{
    const bool grows = text.starts_with(part.text);
    part.text = std::move(text);
    if (grows) return more_of(part, message, id);
    part.told = 0;
    auto change = more_of(part, message, id);
    if (!change && !part.hidden) change = Change{message, id, part.reasoning, true, {}};
    if (change) change->replaces = true;
    return change;
}

/// What may be told by now; nothing more comes of a part that `ends`.
std::optional<Texts::Change> Texts::more_of(Part& part, const std::string& message, const std::string& id,
                                            bool ends) const
{
    const auto from = part.told;
    const bool all = ends || part.complete || part.hidden;
    part.told = all ? part.text.size() : redaction_.certain_until(part.text, from);
    if (part.hidden || part.told == from) return std::nullopt;
    return Change{message, id, part.reasoning, false,
                  redaction_.of(part.text.substr(from, part.told - from))};
}

} // namespace skerry::agent
