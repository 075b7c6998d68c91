#pragma once

#include "app/paths.hpp"
#include "queue/job.hpp"

#include <string_view>

namespace skerry::queue {

/// Adds one line with the time to the log of a job (0600); its folder is made on first use. Throws Error.
void append_to_job_log(const Paths& paths, JobId job, std::string_view line);

} // namespace skerry::queue
