#pragma once

#include "agent/answer.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::agent {

/// How a turn ended.
struct Outcome {
    enum class Kind { completed, failed, needs_input, stuck, timeout, cancelled, limit };
    Kind kind = Kind::failed;
    /// One word for what is not completed: "turn_not_started", "agent_died", "interrupted", "refused",
    /// "rejected", "needs_permission", "max_cost", "max_turns", "length", the name of a Fault, or of the
    /// kind.
    std::string reason{};
    std::string error{}; ///< a sentence; empty when it completed
    std::string hint{};
    double cost = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    std::int64_t steps = 0;                   ///< of the model
    std::vector<std::string> files_changed{}; ///< relative to the project, each once, sorted
    std::string text{};                       ///< what the agent said last
};
std::string_view name_of(Outcome::Kind kind) noexcept;

/// The outcome of a turn whose answer is complete or has an error.
Outcome outcome_of(const Answer& answer);
/// Of a turn that failed with that diagnosis; one that was aborted is cancelled.
Outcome failed(const Diagnosis& diagnosis, const Answer& answer);
/// Nothing works on it any more, and its last message was never finished.
Outcome interrupted(const Answer& answer);
/// The agent does not answer any more, or is no longer there.
Outcome agent_died(const std::string& details = {});
Outcome turn_not_started();
/// The agent does not take the prompt, whenever it is asked.
Outcome refused(const Error& error);
/// Ended from outside, as `kind` says, with what the agent had done until then. Without a reason the kind's
/// name is it.
Outcome given_up(Outcome::Kind kind, const Answer& answer, const std::string& error,
                 std::string_view reason = {});

} // namespace skerry::agent
