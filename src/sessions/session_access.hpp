#pragma once

#include "api/action.hpp"
#include "sessions/session.hpp"

#include <string_view>

/// Sessions and turns as those who ask may see them: those of their projects.
namespace skerry::sessions {

/// By id, unique beginning of an id, or a project (its newest session). Throws Error: not_found, conflict,
/// forbidden.
Session require(const api::Context& context, std::string_view reference);

/// By id or unique beginning of an id. Throws Error: not_found, conflict, forbidden.
Turn require_turn(const api::Context& context, std::string_view reference);

} // namespace skerry::sessions
