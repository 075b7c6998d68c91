#pragma once

#include "api/action.hpp"

#include <span>
#include <string_view>

namespace skerry::program {

/// Every action there is.
std::span<const api::Action> actions();

/// Throws Error not_found.
const api::Action& require_action(std::string_view name);

} // namespace skerry::program
