#pragma once

#include "queue/kind.hpp"
#include "queue/outcome.hpp"
#include "queue/run.hpp"

#include <exception>

namespace skerry::queue {

/// Calls the handler and says how that ended; throws nothing. A job of no known kind (null), or with args
/// that do not fit, is discarded.
Outcome perform(Run& run, const Kind* kind);

/// Itself when it is an Error, else an Error that names it as internal.
Error error_of(const std::exception& fault);

/// How an attempt ended in which `fault` was thrown, when it had been asked to stop for `reason`.
Outcome outcome_of(const Job& job, Stop reason, const Kind* kind, const Error& fault);

} // namespace skerry::queue
