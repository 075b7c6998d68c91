#pragma once

#include <string_view>

/// The statements that remove finished jobs, in the form of statements.hpp.
namespace skerry::queue::sql {

// The second mention of the state lets the planner use the index of the finished.
// ?1 state, ?2 finished_at, ?3 id, ?4 limit
inline constexpr std::string_view finished_before = R"sql(
select id, finished_at, kind from jobs
where state = ?1 and state >= 5 and (finished_at, id) < (?2, ?3)
order by finished_at desc, id desc limit ?4)sql";

// Most have no child: only for those that have one is the rest of the chain looked at.
// Whether nothing that lives has come of it, it is as it was when it was found, and its number stays taken.
#define SKERRY_MAY_BE_PRUNED                                                                                 \
    " where id = ?1 and state >= 5 and finished_at = ?2 and id < (select max(id) from jobs)"                 \
    " and (not exists (select 1 from jobs where parent_id = ?1)"                                             \
    " or not exists (with recursive below(id) as (select id from jobs where parent_id = ?1"                  \
    " union select j.id from jobs j, below b where j.parent_id = b.id)"                                      \
    " select 1 from jobs j, below b where j.id = b.id and j.state < 5))"

// ?1 id, ?2 finished_at
inline constexpr std::string_view may_be_pruned = "select id from jobs" SKERRY_MAY_BE_PRUNED;

// ?1 id, ?2 finished_at
inline constexpr std::string_view prune = "delete from jobs" SKERRY_MAY_BE_PRUNED;

#undef SKERRY_MAY_BE_PRUNED

// ?1 job_id
inline constexpr std::string_view prune_attempts = "delete from attempts where job_id = ?1";

// ?1 id
inline constexpr std::string_view is_there = "select 1 from jobs where id = ?1";

} // namespace skerry::queue::sql
