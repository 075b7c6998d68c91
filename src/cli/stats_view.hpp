#pragma once

#include "cli/terminal.hpp"
#include "queue/stats.hpp"

#include <string>

namespace skerry::cli {

/// The figures of the queue as people read them.
std::string stats_view(const Stream& stream, const queue::Stats& stats);

} // namespace skerry::cli
