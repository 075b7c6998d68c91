#include "agent/upstream_types.hpp"

#include <algorithm>
#include <array>

namespace skerry::agent {

namespace {

constexpr std::array<std::string_view, 14> events = {
    "server.connected",
    "server.heartbeat",
    "server.instance.disposed",
    "global.disposed",
    "plugin.added",
    "catalog.updated",
    "reference.updated",
    "lsp.updated",
    "models-dev.refreshed",
    "command.executed",
    "vcs.branch.updated",
    "file.watcher.updated",
    "session.diff",
    "sync",
};

// session.next and the v2 requests belong to another surface of the agent, which skerry does not use.
constexpr std::array<std::string_view, 11> beginnings = {
    "integration.", "mcp.",     "installation.", "pty.",           "tui.",         "workspace.",
    "worktree.",    "project.", "session.next.", "permission.v2.", "question.v2.",
};

constexpr std::array<std::string_view, 8> parts = {
    "step-start", "step-finish", "file", "agent", "subtask", "compaction", "snapshot", "retry",
};

} // namespace

bool is_beside_the_point(std::string_view event) noexcept
{
    return std::find(events.begin(), events.end(), event) != events.end() ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [&](auto one) { return event.starts_with(one); });
}

bool is_quiet_part(std::string_view kind) noexcept
{
    return std::find(parts.begin(), parts.end(), kind) != parts.end();
}

} // namespace skerry::agent
