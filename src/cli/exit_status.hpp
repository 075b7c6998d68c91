#pragma once

#include "util/error.hpp"

namespace skerry::cli {

/// What a script sees of a command. Stable: part of the interface.
namespace status {
constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;
constexpr int not_found = 3;
constexpr int not_permitted = 4;
constexpr int not_confirmed = 5;
constexpr int conflict = 6;
constexpr int environment = 7;
constexpr int pending = 8;
constexpr int agent_failed = 10;
constexpr int needs_answer = 11;
constexpr int limit_reached = 12;
constexpr int job_failed = 13;
constexpr int job_cancelled = 14;
constexpr int signals = 128; ///< plus the signal's number
} // namespace status

int exit_status(Code code) noexcept;

} // namespace skerry::cli
