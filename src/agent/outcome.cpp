#include "agent/outcome.hpp"

namespace skerry::agent {

namespace {

using Kind = Outcome::Kind;

constexpr auto try_again = "send the prompt again";

Outcome from(const Answer& answer, Kind kind, std::string_view reason, std::string error)
{
    return {.kind = kind,
            .reason = std::string(reason),
            .error = std::move(error),
            .cost = answer.cost,
            .tokens_input = answer.tokens_input,
            .tokens_output = answer.tokens_output,
            .steps = answer.steps,
            .files_changed = answer.files_changed,
            .text = answer.text};
}

Outcome with_hint(Outcome outcome, std::string hint)
{
    outcome.hint = std::move(hint);
    return outcome;
}

Outcome stopped(const Answer& answer)
{
    return from(answer, Kind::cancelled, name_of(Fault::aborted), "the turn was stopped");
}

} // namespace

std::string_view name_of(Kind kind) noexcept
{
    switch (kind) {
    case Kind::completed: return "completed";
    case Kind::failed: return "failed";
    case Kind::needs_input: return "needs_input";
    case Kind::stuck: return "stuck";
    case Kind::timeout: return "timeout";
    case Kind::cancelled: return "cancelled";
    case Kind::limit: break;
    }
    return "limit";
}

/// A last step that ended without the model having stopped was aborted while it waited to try again.
Outcome outcome_of(const Answer& answer)
{
    if (answer.error) return failed(*answer.error, answer);
    if (answer.finish.empty()) return stopped(answer);
    if (answer.finish == "tool-calls")
        return with_hint(from(answer, Kind::failed, "rejected", "what the agent wanted to do was rejected"),
                         "reject with a message, and the agent goes on with it");
    if (answer.finish != "length") return from(answer, Kind::completed, {}, {});
    return with_hint(
        from(answer, Kind::limit, "length", "the model's answer was cut off at its longest length"),
        "ask it to go on, or ask for less at once");
}

Outcome failed(const Diagnosis& diagnosis, const Answer& answer)
{
    if (diagnosis.fault == Fault::aborted) return stopped(answer);
    return with_hint(from(answer, Kind::failed, name_of(diagnosis.fault), diagnosis.message), diagnosis.hint);
}

Outcome interrupted(const Answer& answer)
{
    return with_hint(from(answer, Kind::failed, "interrupted", "the agent was interrupted"), try_again);
}

Outcome agent_died(const std::string& details)
{
    const std::string error = "the agent died during the turn";
    return with_hint(from({}, Kind::failed, "agent_died", details.empty() ? error : error + ": " + details),
                     try_again);
}

Outcome turn_not_started()
{
    return with_hint(
        from({}, Kind::failed, "turn_not_started", "the agent did not begin to work on the prompt"),
        "look at the agent's log, then send the prompt again");
}

Outcome refused(const Error& error)
{
    return with_hint(from({}, Kind::failed, "refused", error.what()), error.hint());
}

Outcome given_up(Kind kind, const Answer& answer, const std::string& error, std::string_view reason)
{
    return from(answer, kind, reason.empty() ? name_of(kind) : reason, error);
}

} // namespace skerry::agent
