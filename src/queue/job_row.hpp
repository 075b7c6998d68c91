#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

namespace skerry::queue {

/// How many columns of a row make a job.
constexpr int columns_of_job = 25;

/// The job of a row that begins with the columns of the statement find.
Job job_of(const db::Query& row);

} // namespace skerry::queue
