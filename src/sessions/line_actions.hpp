#pragma once

#include "api/action.hpp"
#include "sessions/session.hpp"

#include <optional>
#include <string>

/// The line of prompts that wait for a project's agent.
namespace skerry::sessions {

struct NamedPrompt {
    std::string turn;
};
constexpr auto fields(api::Tag<NamedPrompt>)
{
    return std::array{
        api::field<&NamedPrompt::turn>("turn", "A turn that waits, or the beginning of its id",
                                       {.positional = true, .min = 1, .max = 40, .placeholder = "TURN"})};
}
/// The prompt is not given to the agent: the turn ends as cancelled. Throws Error conflict when it has begun.
Turn drop(api::Context& context, const NamedPrompt& input);

struct Move {
    std::string turn;
    std::optional<std::string> before;
};
constexpr auto fields(api::Tag<Move>)
{
    return std::array{
        api::field<&Move::turn>("turn", "A turn that waits, or the beginning of its id",
                                {.positional = true, .min = 1, .max = 40, .placeholder = "TURN"}),
        api::field<&Move::before>("before", "The waiting turn that it goes before; else before all",
                                  {.min = 1, .max = 40, .placeholder = "TURN"}),
    };
}
/// Gives a waiting prompt another place among those of its project. Throws Error conflict when one of the
/// two has begun, not_found when they are of different projects.
Turn move(api::Context& context, const Move& input);

} // namespace skerry::sessions
