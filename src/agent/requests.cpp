#include "agent/requests.hpp"

#include "agent/event_types.hpp"
#include "agent/showing.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::agent {

namespace {

constexpr std::size_t largest_detail = 8'000; // a permission to edit carries the change

std::string permission_title(const api::Json& request, const std::string& folder)
{
    const auto& metadata = request["metadata"];
    for (const auto* member : {"command", "url", "filepath", "description"}) {
        if (!metadata[member].view().empty()) {
            return one_line(relative_to(folder, metadata[member].text()), 200);
        }
    }
    std::vector<std::string> patterns;
    for (const auto& pattern : request["patterns"].items()) patterns.push_back(pattern.text());
    return one_line(join(patterns, ", "), 200);
}

api::Json begun(const api::Json& request)
{
    auto payload = api::Json::object({{"requestId", request["id"].text()}});
    const auto& tool = request["tool"];
    if (tool.is_object())
        payload.set("callId", tool["callID"].text()).set("messageId", tool["messageID"].text());
    return payload;
}

api::Json permission_payload(const api::Json& request, const std::string& folder)
{
    return begun(request)
        .set("permission", request["permission"].text())
        .set("title", permission_title(request, folder))
        .set("patterns", clipped(request["patterns"], 500))
        .set("always", clipped(request["always"], 500))
        .set("details", clipped(request["metadata"], largest_detail));
}

} // namespace

std::vector<OpenRequest> requests_in(const api::Json& permissions, const api::Json& questions)
{
    std::vector<OpenRequest> found;
    const auto take_all = [&](const api::Json& list, bool question) {
        for (const auto& one : list.items())
            found.push_back({one["id"].text(), one["sessionID"].text(), question});
    };
    take_all(permissions, false);
    take_all(questions, true);
    return found;
}

std::vector<Event> Requests::permission_asked(const api::Json& request)
{
    return asked(request, {std::string(type::permission_requested), request["sessionID"].text(),
                           permission_payload(request, folder_)});
}

std::vector<Event> Requests::question_asked(const api::Json& request)
{
    return asked(request, {std::string(type::question_requested), request["sessionID"].text(),
                           begun(request).set("questions", clipped(request["questions"], 4'000))});
}

std::vector<Event> Requests::permission_replied(const api::Json& reply)
{
    return resolved(reply, api::Json::object({{"reply", reply["reply"].text()}}));
}

std::vector<Event> Requests::question_replied(const api::Json& reply)
{
    return resolved(
        reply, api::Json::object({{"reply", "answered"}, {"answers", clipped(reply["answers"], 4'000)}}));
}

std::vector<Event> Requests::question_rejected(const api::Json& reply)
{
    return resolved(reply, api::Json::object({{"reply", "reject"}}));
}

std::vector<Event> Requests::dropped(const std::string& session)
{
    return resolve_all(session, {}, "dropped");
}

std::vector<Event> Requests::forget(const OpenRequest& request)
{
    requests_.try_emplace(request.id, Request{request.session, request.question, false});
    const auto what = api::Json::object({{"requestID", request.id}, {"sessionID", request.session}});
    return resolved(what, api::Json::object({{"reply", "dropped"}}));
}

void Requests::expect(const std::string& id, const std::string& reply)
{
    const auto request = requests_.find(id);
    if (request != requests_.end()) request->second.expected = reply;
}

std::vector<Event> Requests::keep_only(const std::string& session, const std::set<std::string>& ids)
{
    return resolve_all(session, ids, "unheard");
}

std::vector<Event> Requests::resolve_all(const std::string& session, const std::set<std::string>& kept,
                                         std::string_view reply)
{
    std::vector<Event> events;
    for (const auto& [id, request] : requests_) {
        if (!request.open || request.session != session || kept.contains(id)) continue;
        const auto what = api::Json::object({{"requestID", id}, {"sessionID", session}});
        const auto end = request.expected.empty() ? std::string(reply) : request.expected;
        for (auto& event : resolved(what, api::Json::object({{"reply", end}})))
            events.push_back(std::move(event));
    }
    return events;
}

void Requests::remember(const Event& event)
{
    auto& request = requests_[event.payload["requestId"].text()];
    request.session = event.agent_session;
    request.question = event.type.starts_with("chat.question.");
    request.open =
        request.open && (event.type == type::permission_requested || event.type == type::question_requested);
}

bool Requests::open(const std::string& session) const
{
    return std::any_of(requests_.begin(), requests_.end(),
                       [&](const auto& one) { return one.second.open && one.second.session == session; });
}

std::vector<OpenRequest> Requests::open() const
{
    std::vector<OpenRequest> found;
    for (const auto& [id, request] : requests_) {
        if (request.open) found.push_back({id, request.session, request.question});
    }
    return found;
}

std::vector<Event> Requests::asked(const api::Json& request, Event event)
{
    const Request told{event.agent_session, event.type == type::question_requested};
    const bool fresh = requests_.try_emplace(request["id"].text(), told).second;
    return fresh ? std::vector{std::move(event)} : std::vector<Event>();
}

std::vector<Event> Requests::resolved(const api::Json& reply, api::Json payload)
{
    const auto id = reply["requestID"].text();
    const auto found = requests_.find(id);
    if (found == requests_.end() || !found->second.open) return {};
    found->second.open = false;
    const auto kind = found->second.question ? type::question_resolved : type::permission_resolved;
    auto whole = api::Json::object({{"requestId", id}});
    for (const auto& member : payload.members()) whole.set(member.name, member.value);
    return {{std::string(kind), reply["sessionID"].text(), std::move(whole)}};
}

} // namespace skerry::agent
