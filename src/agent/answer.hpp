#pragma once

#include "agent/diagnosis.hpp"
#include "api/json.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace skerry::agent {

/// What the message list says about a prompt and what came of it.
struct Answer {
    bool prompt_there = false;
    bool begun = false;    ///< the agent has begun to answer
    bool complete = false; ///< the last step has ended, and not in order to be followed by another
    std::optional<Diagnosis> error{};
    /// Why the model stopped: "stop", "length" ...; empty when it did not. "tool-calls" of a complete turn:
    /// somebody rejected what it wanted to do.
    std::string finish{};
    std::string text{};     ///< what the last step said
    std::int64_t steps = 0; ///< of the model; also one that has just begun
    double cost = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    std::vector<std::string> files_changed{}; ///< relative to the project, each once, sorted
};

/// The messages of the turn that `prompt` began: it, and all up to the next prompt of a person. Empty when
/// the prompt is not among `messages`.
std::vector<api::Json> turn_of(const api::Json& messages, const std::string& prompt);

/// What came of a prompt, from the messages of its turn.
Answer answer_in(const std::vector<api::Json>& turn, const std::string& folder);

/// The sessions of the sub-agents that the messages say were begun or asked to go on.
std::set<std::string> sub_agents_in(const std::vector<api::Json>& messages);
/// When the first of them was written, in the agent's milliseconds; 0 when there is none.
std::int64_t beginning_of(const std::vector<api::Json>& messages);
/// Adds the steps of a sub-agent: what they cost and changed.
void add_steps(Answer& answer, const std::vector<api::Json>& messages, const std::string& folder);

} // namespace skerry::agent
