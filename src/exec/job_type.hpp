#pragma once

#include "api/json.hpp"
#include "db/connection.hpp"
#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Types of jobs that people register: a name, and the command that performs such jobs. It gets the job's
/// payload, a JSON value, on its standard input.
namespace skerry::exec {

struct JobType {
    std::string name;
    std::vector<std::string> command{};
    std::string folder{}; ///< an absolute path
    std::vector<std::pair<std::string, std::string>> environment{};
    std::string queue = "default";
    std::int64_t max_attempts = 3;
    std::int64_t timeout = 15LL * 60 * 1000; ///< milliseconds of one attempt
    Time created_at = 0;
    Time updated_at = 0;
};
/// {name, command, folder, environment: {NAME: value}, queue, maxAttempts, timeout, createdAt, updatedAt}
api::Json to_json(const JobType& type);

/// Adds the type, or replaces the one of that name; jobs that were added before are performed in the new way.
/// Throws Error bad_request for a name that cannot be one, conflict for the name of a kind in `kinds`.
JobType put_type(db::Connection& db, const queue::Kinds& kinds, JobType type);
std::optional<JobType> find_type(db::Connection& db, std::string_view name);
/// Throws Error not_found.
JobType require_type(db::Connection& db, std::string_view name);
std::vector<JobType> list_types(db::Connection& db);
/// Jobs of the type that wait end dead when their turn comes. Throws Error not_found.
void delete_type(db::Connection& db, std::string_view name);

/// Adds a job of the type. Queue (empty), attempts and time limit are the type's unless the order says
/// otherwise. The bell is the caller's to ring, after the commit. Throws Error bad_request when there is no
/// such type, which says so for a kind of skerry's own.
queue::Added add_job(db::Connection& db, const queue::Kinds& kinds, std::string_view type,
                     const api::Json& payload, queue::Order order);

/// What performs the jobs of all types: queue::Kinds::custom.
const queue::Kind& custom_kind();

} // namespace skerry::exec
