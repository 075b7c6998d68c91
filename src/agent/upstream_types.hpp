#pragma once

#include <string_view>

namespace skerry::agent {

/// Whether an event of the agent says nothing about a conversation: its name is known, and nobody here needs
/// it.
bool is_beside_the_point(std::string_view event) noexcept;

/// Whether a part of a message says nothing by itself: what it means comes in other ways.
bool is_quiet_part(std::string_view kind) noexcept;

} // namespace skerry::agent
