#pragma once

#include "queue/kind.hpp"

#include <span>

namespace skerry::program {

/// Every kind of job there is.
std::span<const queue::Kind> job_kinds();

} // namespace skerry::program
