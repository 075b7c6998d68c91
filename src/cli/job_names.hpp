#pragma once

#include "api/field.hpp"
#include "cli/terminal.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::db {
class Connection;
}

/// How jobs are named on the command line, and what is answered about several of them.
namespace skerry::cli {

struct NamedJob {
    std::int64_t id = 0;
};
constexpr auto fields(api::Tag<NamedJob>)
{
    return std::array{api::field<&NamedJob::id>(
        "id", "The job's number", {.positional = true, .min = 1, .max = INT64_MAX, .placeholder = "JOB"})};
}

struct NamedJobs {
    std::vector<std::string> ids;
};
constexpr auto fields(api::Tag<NamedJobs>)
{
    return std::array{api::field<&NamedJobs::ids>(
        "ids", "The jobs' numbers", {.positional = true, .min = 1, .max = 1000, .placeholder = "JOB"})};
}

/// Nothing when the text is not the number of a job.
std::optional<queue::JobId> job_id_if_any(const std::string& text);

/// The jobs of those numbers; all of them must be there before anything is done. Throws Error.
std::vector<queue::Job> require_all(db::Connection& db, const NamedJobs& named);

/// One line or object for each job: its number and what became of it.
struct Answers {
    Terminal& terminal;
    api::Json json = api::Json::array();

    void add(queue::JobId id, std::string_view name, const std::string& words);
    void finish();
};

} // namespace skerry::cli
