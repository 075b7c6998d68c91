#pragma once

#include "agent/turn.hpp"
#include "support/running_agent.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::test {

/// One agent for all tests that leave it as it was.
inline RunningAgent& shared_agent()
{
    static RunningAgent agent;
    return agent;
}

/// One turn and what was told of it.
struct FollowedTurn {
    explicit FollowedTurn(RunningAgent& with, std::string text)
    {
        request.agent = with.address();
        request.session = with.client().create_session("a test", "demo/scripted");
        request.message = message_id();
        request.model = "demo/scripted";
        request.text = std::move(text);
    }

    agent::Outcome follow()
    {
        agent::Clients clients;
        const agent::Sink sink{.events =
                                   [this](std::vector<agent::Event> more) {
                                       for (auto& event : more) {
                                           if (heard) heard(event);
                                           events.push_back(std::move(event));
                                       }
                                   },
                               .progress =
                                   [this](agent::Progress step) {
                                       progress.push_back(step);
                                       if (went) went(step);
                                   }};
        return agent::follow_turn(clients, request, sink, stop.get_token());
    }

    [[nodiscard]] std::vector<const agent::Event*> of(std::string_view type) const
    {
        std::vector<const agent::Event*> found;
        for (const auto& event : events) {
            if (event.type == type) found.push_back(&event);
        }
        return found;
    }
    [[nodiscard]] std::size_t prompts_of(RunningAgent& with) const
    {
        const auto messages = with.client().messages(request.session, 100);
        const auto& items = messages.items();
        return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), [](const auto& message) {
            return message["info"]["role"].view() == "user" && message["parts"].items().size() == 1;
        }));
    }

    agent::TurnRequest request;
    std::function<void(const agent::Event&)> heard;
    std::function<void(agent::Progress)> went;
    std::stop_source stop;
    std::vector<agent::Event> events;
    std::vector<agent::Progress> progress;
};

} // namespace skerry::test
