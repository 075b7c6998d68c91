#pragma once

#include "cli/call.hpp"
#include "queue/job_store.hpp"

#include <functional>

namespace skerry::cli {

/// Adds a job and does what the options of JobWork say: says which job it is and returns, or stays with it
/// until it has ended. `add` writes its own transaction; it is called once it is known that somebody will
/// perform the job. Returns the exit status.
int add_job_and_stay(Call& call, const std::function<queue::Added()>& add);

} // namespace skerry::cli
