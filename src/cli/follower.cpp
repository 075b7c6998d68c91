#include "cli/follower.hpp"

#include <utility>

namespace skerry::cli {

Follower::Follower(Terminal& terminal, events::Filter filter, std::int64_t after)
    : terminal_(terminal), narrator_(terminal.out), filter_(std::move(filter)), after_(after)
{
}

std::string Follower::told(const events::Event& event)
{
    const bool of_another = !turns_.empty() && !event.fact.turn.empty() && !turns_.contains(event.fact.turn);
    if (of_another) return {};
    if (terminal_.json) return events::to_json(event).dump() + "\n";
    if (terminal_.quiet) return std::to_string(event.seq) + "\n";
    return narrator_.tell(event);
}

bool Follower::look(db::Connection& db, int limit)
{
    const auto found = events::read(db, filter_, after_, limit);
    std::string text;
    for (const auto& event : found) {
        text += told(event);
        after_ = event.seq;
    }
    terminal_.out.write(text);
    return std::cmp_equal(found.size(), limit);
}

void Follower::finish_line()
{
    terminal_.out.write(narrator_.finish_line());
}

} // namespace skerry::cli
