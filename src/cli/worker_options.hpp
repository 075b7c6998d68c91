#pragma once

#include "app/settings.hpp"
#include "queue/worker.hpp"

namespace skerry::cli {

/// What the settings say about workers. Throws Error bad_request for a lease that is none.
queue::WorkerOptions worker_options(const Settings& settings);

} // namespace skerry::cli
