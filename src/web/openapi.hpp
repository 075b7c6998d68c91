#pragma once

#include "api/action.hpp"
#include "api/json.hpp"

#include <span>

namespace skerry::web {

/// The description of all addresses and actions in the form of OpenAPI 3.1, from their declarations.
api::Json openapi(std::span<const api::Action> actions, std::string_view version);

} // namespace skerry::web
