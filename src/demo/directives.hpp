#pragma once

#include "demo/scripted_model.hpp"
#include "demo/situation.hpp"

#include <optional>

namespace skerry::demo {

/// The reply that the prompt orders by one of the directives (scripted_model.hpp); nothing when there is
/// none.
std::optional<Reply> follow_directive(const Situation& now);

/// A reply in words.
Reply say(std::string text);

/// A reply that calls one tool, announced by `text`.
Reply call(std::string tool, api::Json arguments, std::string text);

} // namespace skerry::demo
