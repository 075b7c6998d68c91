#pragma once

#include "agent/clients.hpp"
#include "agent/event.hpp"
#include "agent/outcome.hpp"
#include "agent/policy.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::agent {

/// A person's answer to what the agent waits for.
struct Reply {
    std::string request{};
    std::string reply{};                             ///< "once", "always", "reject"; "choice" to a question
    std::string message{};                           ///< tells the agent why
    std::vector<std::vector<std::string>> choices{}; ///< for each question the labels
};

struct TurnRequest {
    Address agent;
    std::string session; ///< the agent's name for it
    std::string message; ///< the name the prompt gets: it is never sent twice under one name
    std::string model;   ///< "provider/model"
    std::string text;
    std::vector<File> files{};
    std::string mode = "build"; ///< or "plan": it only looks
    Policy policy = Policy::allow;
    Policy everywhere = Policy::allow; ///< what the agent was started with, which holds for sub-agents
    /// The answers of people to open requests, whether handed over before or not; asked often while the agent
    /// waits and the policy is to ask.
    std::function<std::vector<Reply>()> replies{};
    /// What was told of this turn before, by an earlier process; may have lost its agent_session.
    std::vector<Event> told{};
    std::vector<std::string> secrets{}; ///< never to appear in an event, beside the agent's password
    /// Whether the agent's process is still the one that the turn was begun with; asked often, from this
    /// thread.
    std::function<bool()> alive{};
    /// Asked once at stop: whether the turn is left to go on at the agent, for another to follow. Absent: it
    /// is aborted.
    std::function<bool()> left_at_stop{};

    struct Limits {
        std::chrono::milliseconds look = std::chrono::seconds(2); ///< between two looks at the agent's state
        std::chrono::milliseconds start = std::chrono::seconds(60);  ///< until the agent begins
        std::chrono::milliseconds silence = std::chrono::minutes(5); ///< without any progress
        std::chrono::milliseconds lost = std::chrono::seconds(20);   ///< without an answer from the agent
        std::optional<std::chrono::milliseconds> whole{};            ///< for all of the turn
        std::optional<double> cost{};        ///< as the agent counts it, usually in US dollars
        std::optional<std::int64_t> steps{}; ///< of the model
        std::optional<std::chrono::milliseconds> patience{}; ///< for people to answer; empty: forever
    } limits{};
};

enum class Progress { sent, running, needs_input };
std::string_view name_of(Progress progress) noexcept;

/// Who is told. Both are called on the thread of follow_turn; what they throw ends it.
struct Sink {
    std::function<void(std::vector<Event>)> events;
    std::function<void(Progress)> progress;
};

/// Gives the prompt to the agent, unless it has it already, and follows what comes of it to its end. May be
/// called again after having been interrupted at any point.
///
/// The stream of events only says when to look; how the turn stands is read from the agent's state. On stop
/// the turn is aborted, unless it had ended first. Throws what the sink and `alive` throw, and
/// Error unavailable when the agent is gone before it can have had the prompt.
Outcome follow_turn(Clients& clients, const TurnRequest& request, const Sink& sink, std::stop_token stop);

} // namespace skerry::agent
