#pragma once

#include <string_view>

/// The statements of the statistics, in the form of statements.hpp. Those that count read indexes only, one
/// for each; those that sample read the rows of as many jobs as they are told.
namespace skerry::queue::sql {

inline constexpr std::string_view count_ready = "select count(*) from jobs where state = 1 and blocked = 0";
inline constexpr std::string_view count_blocked = "select count(*) from jobs where state = 1 and blocked = 1";
inline constexpr std::string_view count_due = "select count(*) from jobs where state in (0, 3)";
inline constexpr std::string_view count_running = "select count(*) from jobs where state = 2";
inline constexpr std::string_view count_succeeded =
    "select count(*) from jobs where state >= 5 and state = 5";
inline constexpr std::string_view count_cancelled =
    "select count(*) from jobs where state >= 5 and state = 6";
inline constexpr std::string_view count_dead = "select count(*) from jobs where state >= 5 and state = 7";
inline constexpr std::string_view count_superseded =
    "select count(*) from jobs where state >= 5 and state = 8";

#define SKERRY_SAMPLE(condition)                                                                             \
    "select kind, queue, state, count(*) from (select kind, queue, state from jobs where " condition         \
    " limit ?1) group by kind, queue, state"
inline constexpr std::string_view sample_ready =
    SKERRY_SAMPLE("state = 1 and blocked = 0 order by queue, priority, run_at, id");
inline constexpr std::string_view sample_blocked =
    SKERRY_SAMPLE("state = 1 and blocked = 1 order by ckey, priority, run_at, id");
inline constexpr std::string_view sample_due = SKERRY_SAMPLE("state in (0, 3) order by run_at");
inline constexpr std::string_view sample_running = SKERRY_SAMPLE("state = 2 order by worker");
inline constexpr std::string_view sample_succeeded =
    SKERRY_SAMPLE("state >= 5 and state = 5 order by finished_at desc");
inline constexpr std::string_view sample_cancelled =
    SKERRY_SAMPLE("state >= 5 and state = 6 order by finished_at desc");
inline constexpr std::string_view sample_dead =
    SKERRY_SAMPLE("state >= 5 and state = 7 order by finished_at desc");
inline constexpr std::string_view sample_superseded =
    SKERRY_SAMPLE("state >= 5 and state = 8 order by finished_at desc");
#undef SKERRY_SAMPLE

inline constexpr std::string_view oldest_waiting = R"sql(
select min(at) from (select min(run_at) as at from jobs where state = 1 and blocked = 0
  union all select min(run_at) from jobs where state = 1 and blocked = 1
  union all select min(run_at) from jobs where state in (0, 3)))sql";

// ?1 state, ?2 finished_at
inline constexpr std::string_view ended_since =
    "select count(*) from jobs where state >= 5 and state = ?1 and finished_at >= ?2";

// ?1 finished_at
inline constexpr std::string_view average_run_time = R"sql(
select avg(finished_at - started_at) from (select finished_at, started_at from jobs
  where state >= 5 and state = 5 and finished_at >= ?1 and started_at is not null
  order by finished_at desc limit 1000))sql";

inline constexpr std::string_view workers_not_ended = R"sql(
select name, pid, concurrency, queues, started_at,
       (select count(*) from jobs where state = 2 and worker = workers.name)
from workers where stopped_at is null order by started_at, name)sql";

inline constexpr std::string_view database_size =
    "select page_count * page_size from pragma_page_count, pragma_page_size";

} // namespace skerry::queue::sql
