#pragma once

#include "cli/view.hpp"
#include "queue/explain.hpp"
#include "queue/job_tree.hpp"

#include <string>
#include <vector>

/// How jobs look to people.
namespace skerry::cli {

std::string job_table(const Stream& stream, const std::vector<queue::Job>& jobs, const Slugs& slugs);

/// All there is to tell about one job.
struct JobStory {
    queue::Job job{};
    std::vector<queue::Attempt> attempts{}; ///< also the one that runs
    queue::Explanation explanation{};
    std::vector<queue::JobId> children{};
    std::string key_name{}; ///< the slug of the project, or the key itself
};
/// The job's JSON with `attempts` (each with its `number`), `explanation` and `children` (ids).
api::Json to_json(const JobStory& story);
std::string job_details(const Stream& stream, const JobStory& story);

/// One line a job: on a terminal as a tree; in a pipe job, parent, type, state, tries, error between tabs.
std::string job_tree(const Stream& stream, const std::vector<queue::JobTree>& trees);

} // namespace skerry::cli
