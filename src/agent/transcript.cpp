#include "agent/transcript.hpp"

#include "util/error.hpp"

#include <utility>

namespace skerry::agent {

using api::Json;

namespace {

constexpr int most_messages = 100'000;

} // namespace

Transcript::Transcript(Client& client, std::string session, std::string prompt, std::string folder)
    : client_(client), session_(std::move(session)), prompt_(std::move(prompt)), folder_(std::move(folder))
{
}

std::vector<Json> Transcript::turn(const std::stop_token& stop)
{
    for (const int limit : {50, 1'000, most_messages}) {
        const auto messages = client_.messages(session_, limit, stop);
        auto turn = turn_of(messages, prompt_);
        if (!turn.empty() || std::cmp_less(messages.items().size(), limit)) return turn;
    }
    return {};
}

Answer Transcript::answer(const std::stop_token& stop)
{
    const auto messages = turn(stop);
    auto answer = answer_in(messages, folder_);
    std::set<std::string> seen{session_};
    add_sub_agents(answer, messages, beginning_of(messages), seen, stop);
    return answer;
}

/// One that went on with earlier work has also messages from before the turn, which do not count.
void Transcript::add_sub_agents(Answer& answer, const std::vector<Json>& messages, std::int64_t since,
                                std::set<std::string>& seen, const std::stop_token& stop)
{
    for (const auto& session : sub_agents_in(messages)) {
        if (!seen.insert(session).second) continue;
        const auto below = messages_since(session, since, stop);
        add_steps(answer, below, folder_);
        add_sub_agents(answer, below, since, seen, stop);
    }
}

/// One that is gone has none.
std::vector<Json> Transcript::messages_since(const std::string& session, std::int64_t since,
                                             const std::stop_token& stop)
{
    std::vector<Json> found;
    try {
        const auto messages = client_.messages(session, most_messages, stop);
        for (const auto& message : messages.items())
            if (message["info"]["time"]["created"].number() >= since) found.push_back(message);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
    return found;
}

} // namespace skerry::agent
