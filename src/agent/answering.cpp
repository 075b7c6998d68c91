#include "agent/answering.hpp"

#include "util/error.hpp"

#include <algorithm>

namespace skerry::agent {
namespace {

constexpr auto not_allowed = "Nothing may be changed in this turn. Say what you would change instead.";

Reply by_policy(const OpenRequest& open, Policy policy)
{
    if (open.question) return {.request = open.id, .reply = "reject"};
    if (policy == Policy::allow) return {.request = open.id, .reply = "once"};
    return {.request = open.id, .reply = "reject", .message = not_allowed};
}

/// False when it was answered or dropped meanwhile.
bool hand_over(Client& client, const OpenRequest& open, const Reply& reply, const std::stop_token& stop)
{
    try {
        if (!open.question)
            client.reply_permission(open.id, reply.reply, reply.message, stop);
        else if (reply.reply == "choice")
            client.reply_question(open.id, reply.choices, stop);
        else
            client.reject_question(open.id, stop);
        return true;
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
        return false;
    }
}

} // namespace

std::vector<Reply> Answering::replies_to(const std::vector<OpenRequest>& open) const
{
    if (request_.policy == Policy::ask) return request_.replies ? request_.replies() : std::vector<Reply>();
    std::vector<Reply> replies;
    if (request_.policy == Policy::fail) return replies; // the turn ends
    for (const auto& one : open) replies.push_back(by_policy(one, request_.policy));
    return replies;
}

std::vector<Reply> Answering::answer(Client& client, const std::vector<OpenRequest>& open,
                                     const std::stop_token& stop)
{
    std::vector<Reply> taken;
    if (open.empty()) return taken;
    for (const auto& reply : replies_to(open)) {
        const auto one = std::find_if(open.begin(), open.end(),
                                      [&](const OpenRequest& some) { return some.id == reply.request; });
        if (one == open.end() || handed_.contains(reply.request)) continue;
        if (hand_over(client, *one, reply, stop)) taken.push_back(reply);
        handed_.insert(reply.request);
    }
    return taken;
}

void Answering::reject(Client& client, const OpenRequest& open, const std::stop_token& stop)
{
    hand_over(client, open, {.request = open.id, .reply = "reject"}, stop);
    handed_.insert(open.id);
}

} // namespace skerry::agent
