#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

namespace skerry::queue {

/// The job of a row with the columns of the statements find, list and take.
Job job_of(const db::Query& row);

} // namespace skerry::queue
