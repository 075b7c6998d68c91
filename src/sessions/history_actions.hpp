#pragma once

#include "api/action.hpp"
#include "sessions/history.hpp"
#include "sessions/session.hpp"
#include "sessions/session_actions.hpp"

#include <optional>
#include <string>
#include <vector>

/// What turns changed, and how it is taken back. It needs neither the agent nor a running project.
namespace skerry::sessions {

struct NamedTurn {
    std::string session;
    std::optional<std::string> turn;
};
constexpr auto fields(api::Tag<NamedTurn>)
{
    return std::array{
        api::field<&NamedTurn::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&NamedTurn::turn>("turn", "The turn, or the beginning of its id; else the last that fits",
                                     {.positional = true, .min = 1, .max = 40, .placeholder = "TURN"}),
    };
}

/// A turn and what it changed.
struct Difference {
    Turn turn;
    std::vector<FileChange> files;
};
/// Of the named turn, or the last one that changed something. Throws Error not_found when there is none.
Difference difference(api::Context& context, const NamedTurn& named);
/// As difference, as a patch.
std::string patch_of(api::Context& context, const NamedTurn& named);

/// Takes a turn's changes back, or brings back what was taken back last, in a commit of its own; later
/// commits stay. Throws Error conflict when the project is busy, or lines were changed since.
Turn undo(api::Context& context, const NamedTurn& named);
Turn redo(api::Context& context, const NamedSession& named);

} // namespace skerry::sessions
