#pragma once

#include "agent/diagnosis.hpp"
#include "api/json.hpp"

#include <optional>
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

} // namespace skerry::agent
