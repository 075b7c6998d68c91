#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"

#include <string>
#include <vector>

namespace skerry::queue {

/// A job and what came of it.
struct JobTree {
    Job job;
    std::vector<JobTree> next{};
};
/// The job's JSON with `children`: a list of the same shape.
api::Json to_json(const JobTree& tree);

/// The chain that the job belongs to, from where that begins. At most `most_in_tree` jobs of it. Throws Error
/// not_found.
JobTree tree_of(db::Connection& db, JobId id);

/// The chains of a key, at most `limit`, the newest first.
std::vector<JobTree> trees_of_key(db::Connection& db, const std::string& key, int limit);

/// The jobs that it led to.
std::vector<JobId> children_of(db::Connection& db, JobId id);

constexpr int most_in_tree = 1000;

} // namespace skerry::queue
