#include "sessions/limits.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

std::int64_t time_used(const Turn& turn, Time now)
{
    return turn.sent_at ? now - *turn.sent_at : 0;
}

} // namespace

std::optional<std::chrono::milliseconds> time_left(const Turn& turn, Time now)
{
    if (!turn.terms.timeout) return std::nullopt;
    return std::chrono::milliseconds(std::max<std::int64_t>(*turn.terms.timeout - time_used(turn, now), 1));
}

std::optional<Terms> terms_left(const Turn& turn, const TurnEnd& end, Time now)
{
    auto terms = turn.terms;
    if (terms.timeout) *terms.timeout -= time_used(turn, now);
    if (terms.max_cost) *terms.max_cost -= end.cost;
    if (terms.max_steps) *terms.max_steps -= end.steps;
    const bool used_up = (terms.timeout && *terms.timeout <= 0) || (terms.max_cost && *terms.max_cost <= 0) ||
                         (terms.max_steps && *terms.max_steps <= 0);
    return used_up ? std::nullopt : std::optional(std::move(terms));
}

} // namespace skerry::sessions
