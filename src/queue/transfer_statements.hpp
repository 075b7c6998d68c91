#pragma once

#include <string_view>

/// The statements of export and import, in the form of statements.hpp.
namespace skerry::queue::sql {

// The columns of `find`, then the dedupe key.
// ?1 id, ?2 states (bits; 0: all), ?3 limit
inline constexpr std::string_view jobs_after = R"sql(
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, ckey, cancel_at, error, parent_id, follow_ups, created_at, finished_at, started_at, progress,
       result, name, timeout, dedupe_key, dedupe_mask
from jobs where id > ?1 and (?2 = 0 or (?2 >> state) & 1) order by id limit ?3)sql";

inline constexpr std::string_view traits = "select created_at, kind, args from jobs";

// No row back: a twin is alive.
// ?1 kind, ?2 queue, ?3 priority, ?4 state, ?5 args, ?6 run_at, ?7 attempt, ?8 max_attempts, ?9 crashes,
// ?10 max_crashes, ?11 lease, ?12 started_at, ?13 ckey, ?14 dedupe_key, ?15 dedupe_mask, ?16 cancel_at,
// ?17 progress, ?18 result, ?19 error, ?20 name, ?21 timeout, ?22 follow_ups, ?23 created_at, ?24 finished_at
inline constexpr std::string_view import_job = R"sql(
insert into jobs(kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
                 started_at, ckey, dedupe_key, dedupe_mask, cancel_at, progress, result, error, name, timeout,
                 follow_ups, created_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24)
on conflict(dedupe_key) where dedupe_key is not null and cancel_at is null and (dedupe_mask >> state) & 1
do nothing
returning id)sql";

// ?1 id, ?2 parent_id
inline constexpr std::string_view set_parent = "update jobs set parent_id = ?2 where id = ?1";

// ?1 job_id, ?2 lease, ?3 worker, ?4 started_at, ?5 ended_at, ?6 outcome, ?7 error
inline constexpr std::string_view import_attempt = R"sql(
insert into attempts(job_id, lease, worker, started_at, ended_at, outcome, error)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing)sql";

} // namespace skerry::queue::sql
