#pragma once

#include <string_view>

/// Every statement of the queue, each run in a transaction that began IMMEDIATE when it writes.
///
/// What every job passes through has no RETURNING: SQLite makes a table for the rows of one, each time.
///
/// The model check (tests/lint/queue_model.py) reads this very file and tries the statements in every order
/// in a small world: the line "?1 id, ?2 lease ..." above a statement names its parameters for people and for
/// the check.
///
/// States: 0 scheduled 1 ready 2 running 3 retry 4 suspended | 5 succeeded 6 cancelled 7 dead 8 superseded.
/// They are literals here, since the planner uses a partial index only when it sees the number.
namespace skerry::queue::sql {

// A job that was asked to stop is no twin any more: who wants the same again gets a job of his own.
// No row added: a twin exists, see twin.
// ?1 kind, ?2 queue, ?3 priority, ?4 run_at, ?5 now, ?6 args, ?7 max_attempts, ?8 max_crashes, ?9 ckey,
// ?10 dedupe_key, ?11 dedupe_mask, ?12 parent_id, ?13 follow_ups, ?14 name, ?15 timeout
inline constexpr std::string_view enqueue = R"sql(
insert into jobs(kind, queue, priority, state, run_at, args, max_attempts, max_crashes, ckey,
                 dedupe_key, dedupe_mask, parent_id, follow_ups, created_at, name, timeout)
values (?1, ?2, ?3, case when ?4 > ?5 then 0 else 1 end, ?4, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?5, ?14, ?15)
on conflict(dedupe_key) where dedupe_key is not null and cancel_at is null and (dedupe_mask >> state) & 1
do nothing)sql";

// Many jobs without a dedupe key, one for each entry of a JSON list: a row costs half of what it does alone.
// ?1 kind, ?2 queue, ?3 priority, ?4 run_at, ?5 now, ?6 args, ?7 max_attempts, ?8 max_crashes, ?9 ckey,
// ?10 parent_id, ?11 follow_ups, ?12 name, ?13 timeout
inline constexpr std::string_view enqueue_many = R"sql(
insert into jobs(kind, queue, priority, state, run_at, args, max_attempts, max_crashes, ckey, parent_id,
                 follow_ups, created_at, name, timeout)
select ?1, ?2, ?3, case when ?4 > ?5 then 0 else 1 end, ?4, value, ?7, ?8, ?9, ?10, ?11, ?5, ?12, ?13
from json_each(?6))sql";

// ?1 dedupe_key
inline constexpr std::string_view twin = R"sql(
select id from jobs where dedupe_key = ?1 and dedupe_key is not null and cancel_at is null
  and (dedupe_mask >> state) & 1)sql";

// The live twin of a job that is not one itself any more.
// ?1 id
inline constexpr std::string_view twin_of = R"sql(
select t.id from jobs j, jobs t where j.id = ?1 and t.dedupe_key = j.dedupe_key and t.dedupe_key is not null
  and t.cancel_at is null and (t.dedupe_mask >> t.state) & 1 and t.id <> j.id)sql";

// ?1 now
inline constexpr std::string_view promote = R"sql(
update jobs set state = 1, blocked = 0 where id in (
  select id from jobs where state in (0, 3) and run_at <= ?1 order by run_at limit 500))sql";

inline constexpr std::string_view next_due = R"sql(
select min(run_at) from jobs where state in (0, 3))sql";

// A look without a lock, so that an idle worker takes none.
inline constexpr std::string_view any_ready = R"sql(
select exists (select 1 from jobs where state = 1 and blocked = 0))sql";

// The names of the queues with something in line, one after another.
// ?1 after
inline constexpr std::string_view next_queue = R"sql(
select min(queue) from jobs where state = 1 and blocked = 0 and queue > ?1)sql";

// The first in line, and whether each one's key is held. What is held is passed over with `block`, the rest
// is taken with `take`, in this order, until there is no free slot or nothing in line: one after another,
// since the key that one takes is held for the next.
// ?1 queue, ?2 limit, ?3 kinds ('': all)
inline constexpr std::string_view in_line = R"sql(
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, ckey, cancel_at, error, parent_id, follow_ups, created_at, finished_at, started_at, progress,
       result, name, timeout,
       ckey is not null and exists (select 1 from jobs r where r.state = 2 and r.ckey = j.ckey)
from jobs j
where j.state = 1 and j.blocked = 0 and j.queue = ?1
  and (?3 = '' or j.kind in (select value from json_each(?3)))
  and not exists (select 1 from pauses p where p.scope = 'all' or p.scope = 'queue' and p.name = j.queue
                                            or p.scope = 'type' and p.name = j.kind)
order by j.priority, j.run_at, j.id limit ?2)sql";

// It leaves the line until its key is free (the trigger jobs_unblock): thousands that wait for one key must
// not be passed over again at each claim.
// ?1 id
inline constexpr std::string_view block = R"sql(
update jobs set blocked = 1 where id = ?1 and state = 1)sql";

// What left the line and would stay out of it, since nobody takes the one at the head of its key: its type or
// queue is paused, or no worker serves it. Some at a time; key by key, for one key may have very many.
inline constexpr std::string_view rejoin = R"sql(
with recursive keys(ckey) as (
  select min(ckey) from jobs where state = 1 and blocked = 1
  union all
  select (select min(j.ckey) from jobs j where j.state = 1 and j.blocked = 1 and j.ckey > keys.ckey) from keys
  where keys.ckey is not null)
update jobs set blocked = 0 where id in (
  select j.id from keys, jobs j
  where j.state = 1 and j.blocked = 1 and j.ckey = keys.ckey
    and not exists (select 1 from jobs r where r.state = 2 and r.ckey = keys.ckey)
  limit 500))sql";

// A look without a lock, as any_ready.
inline constexpr std::string_view any_blocked = R"sql(
select exists (select 1 from jobs where state = 1 and blocked = 1))sql";

// ?1 id, ?2 worker, ?3 lease_until, ?4 now
inline constexpr std::string_view take = R"sql(
update jobs set state = 2, worker = ?2, lease = lease + 1, attempt = attempt + 1, lease_until = ?3,
  started_at = ?4, progress = null
where id = ?1 and state = 1)sql";

// Written with the statement that ends the attempt, behind its fence.
// ?1 id, ?2 lease, ?3 worker, ?4 started_at, ?5 now, ?6 outcome, ?7 error, ?8 log_from, ?9 log_to
inline constexpr std::string_view record_attempt = R"sql(
insert into attempts(job_id, lease, worker, started_at, ended_at, outcome, error, log_from, log_to)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql";

// What a worker holds by the database's account; compared with what it believes to hold.
// ?1 worker
inline constexpr std::string_view held = R"sql(
select id, lease, cancel_at from jobs where worker = ?1 and state = 2)sql";

// Once for each process and period, for all its jobs.
// ?1 worker, ?2 lease_until
inline constexpr std::string_view renew = R"sql(
update jobs set lease_until = ?2 where worker = ?1 and state = 2)sql";

// Nothing changed: the lease is gone.
// ?1 id, ?2 lease, ?3 progress
inline constexpr std::string_view set_progress = R"sql(
update jobs set progress = ?3 where id = ?1 and lease = ?2 and state = 2)sql";

// Of an attempt that fails. Nothing changed: the lease is gone.
// ?1 id, ?2 lease, ?3 result
inline constexpr std::string_view set_result = R"sql(
update jobs set result = ?3 where id = ?1 and lease = ?2 and state = 2)sql";

// No row back: the lease is gone; write nothing more.
// ?1 id, ?2 lease
inline constexpr std::string_view holds = R"sql(
select 1 from jobs where id = ?1 and lease = ?2 and state = 2)sql";

// Nothing changed: refused; roll back everything else of the transaction.
// ?1 id, ?2 lease, ?3 now, ?4 result
inline constexpr std::string_view succeed = R"sql(
update jobs set state = 5, worker = null, lease_until = null, error = null, result = ?4, finished_at = ?3
where id = ?1 and lease = ?2 and state = 2)sql";

// The handler was asked to stop by cancel_at, and stopped.
// ?1 id, ?2 lease, ?3 now
inline constexpr std::string_view stop_cancelled = R"sql(
update jobs set state = 6, worker = null, lease_until = null, finished_at = ?3
where id = ?1 and lease = ?2 and state = 2 and cancel_at is not null returning state)sql";

// Every other way out of running. fail, snooze, release and discard come from the holder, timeout and crash
// also from a rescuer that holds nothing; all name the lease they mean. lease + 1 fences the old holder.
// ?1 id, ?2 lease, ?3 why, ?4 run_at, ?5 now, ?6 error
inline constexpr std::string_view give_up = R"sql(
update jobs set
  state = case
    when cancel_at is not null then 6
    when ?3 = 'discard' then 7
    when ?3 in ('fail', 'timeout') and attempt >= max_attempts then 7
    when ?3 = 'crash' and crashes + 1 >= max_crashes then 7
    when dedupe_mask = 27 and exists (select 1 from jobs t where t.dedupe_key = jobs.dedupe_key
         and t.dedupe_key is not null and t.cancel_at is null and (t.dedupe_mask >> t.state) & 1 and t.id <> jobs.id) then 8
    when ?3 = 'snooze' then 0 when ?3 = 'release' then 1 else 3 end,
  attempt = attempt - (?3 in ('snooze', 'release', 'crash')),
  crashes = crashes + (?3 = 'crash'),
  lease = lease + 1, worker = null, lease_until = null,
  run_at = case when ?3 = 'release' then run_at else ?4 end,
  error = coalesce(?6, error),
  finished_at = case
    when cancel_at is not null or ?3 = 'discard' or (?3 in ('fail', 'timeout') and attempt >= max_attempts)
      or (?3 = 'crash' and crashes + 1 >= max_crashes)
      or (dedupe_mask = 27 and exists (select 1 from jobs t where t.dedupe_key = jobs.dedupe_key
         and t.dedupe_key is not null and t.cancel_at is null and (t.dedupe_mask >> t.state) & 1 and t.id <> jobs.id)) then ?5 end
where id = ?1 and lease = ?2 and state = 2 returning state)sql";

// The waiting twin of a superseded job also does what was to follow on that one.
// ?1 id, ?2 parent_id, ?3 follow_ups
inline constexpr std::string_view take_on = R"sql(
update jobs set parent_id = coalesce(parent_id, ?2), follow_ups = ?3 where id = ?1)sql";

// 5..8: no row back, nothing to cancel.
// ?1 id, ?2 now
inline constexpr std::string_view cancel = R"sql(
update jobs set cancel_at = coalesce(cancel_at, ?2),
  finished_at = case when state = 2 then null else ?2 end,
  state = case when state = 2 then 2 else 6 end
where id = ?1 and state < 5 returning state)sql";

// By hand; the history stays in attempts and lease keeps counting. No row back: not finished badly, or a
// twin is alive.
// ?1 id, ?2 now
inline constexpr std::string_view retry = R"sql(
update jobs set state = 1, blocked = 0, run_at = ?2, attempt = 0, crashes = 0, cancel_at = null, error = null,
  finished_at = null
where id = ?1 and state in (6, 7, 8) and not exists (select 1 from jobs t
  where t.dedupe_key = jobs.dedupe_key and t.dedupe_key is not null and t.cancel_at is null and (t.dedupe_mask >> t.state) & 1
    and t.id <> jobs.id)
returning state)sql";

// By hand: what waits for its time is due. No row back: it does not wait.
// ?1 id, ?2 now
inline constexpr std::string_view run_now = R"sql(
update jobs set state = 1, blocked = 0, run_at = min(run_at, ?2) where id = ?1 and state in (0, 1, 3) returning state)sql";

// ?1 name, ?2 pid, ?3 concurrency, ?4 queues, ?5 now
inline constexpr std::string_view worker_began = R"sql(
insert into workers(name, pid, concurrency, queues, started_at) values (?1, ?2, ?3, ?4, ?5))sql";

// ?1 name, ?2 now
inline constexpr std::string_view worker_ended = R"sql(
update workers set stopped_at = ?2 where name = ?1 and stopped_at is null)sql";

inline constexpr std::string_view workers_at_work = R"sql(
select name from workers where stopped_at is null)sql";

// ?1 before
inline constexpr std::string_view forget_workers = R"sql(
delete from workers where stopped_at < ?1)sql";

inline constexpr std::string_view running_workers = R"sql(
select distinct worker from jobs where state = 2)sql";

// Leases that ran out although their worker lives: it hangs, or its machine was stopped.
// ?1 worker, ?2 monotonic_now
inline constexpr std::string_view expired = R"sql(
select id, lease from jobs where state = 2 and worker <> ?1 and lease_until < ?2)sql";

// ?1 key
inline constexpr std::string_view live_of_key = R"sql(
select id from jobs where ckey = ?1 and state < 5 order by id)sql";

// Whether anything is left for a worker that serves these queues: not what somebody suspended or paused, and
// not what waits for a time that a person named.
// ?1 queues ('': all), ?2 kinds ('': all)
inline constexpr std::string_view any_live = R"sql(
with served as (
  select state, blocked, kind, queue, lease from jobs where state = 2
  union all select state, blocked, kind, queue, lease from jobs where state = 1 and blocked = 0
  union all select state, blocked, kind, queue, lease from jobs where state = 1 and blocked = 1
  union all select state, blocked, kind, queue, lease from jobs where state in (0, 3))
select exists (select 1 from served j
  where (?1 = '' or j.queue in (select value from json_each(?1)))
    and (?2 = '' or j.kind in (select value from json_each(?2)))
    and (j.state <> 0 or j.lease > 0)
    and (j.state = 2 or not exists (select 1 from pauses p
      where p.scope = 'all' or p.scope = 'queue' and p.name = j.queue or p.scope = 'type' and p.name = j.kind))))sql";

// ?1 id
inline constexpr std::string_view child = R"sql(
select id from jobs where parent_id = ?1 order by id limit 1)sql";

// ?1 id
inline constexpr std::string_view find = R"sql(
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, ckey, cancel_at, error, parent_id, follow_ups, created_at, finished_at, started_at, progress,
       result, name, timeout
from jobs where id = ?1)sql";

// ?1 states (bits; 0: all), ?2 kind ('': all), ?3 key ('': all), ?4 limit, ?5 before (0: all),
// ?6 keys (JSON; null: all)
inline constexpr std::string_view list = R"sql(
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, ckey, cancel_at, error, parent_id, follow_ups, created_at, finished_at, started_at, progress,
       result, name, timeout
from jobs
where (?1 = 0 or (?1 >> state) & 1) and (?2 = '' or kind = ?2) and (?3 = '' or ckey = ?3)
  and (?5 = 0 or id < ?5) and (?6 is null or ckey in (select value from json_each(?6)))
order by id desc limit ?4)sql";

// ?1 kind, ?2 key, ?3 path of a member of the args, ?4 its value
inline constexpr std::string_view newest_about = R"sql(
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, ckey, cancel_at, error, parent_id, follow_ups, created_at, finished_at, started_at, progress,
       result, name, timeout
from jobs where kind = ?1 and ckey = ?2 and json_extract(args, ?3) = ?4 order by id desc limit 1)sql";

// ?1 id
inline constexpr std::string_view attempts = R"sql(
select lease, worker, started_at, ended_at, outcome, error, log_from, log_to from attempts where job_id = ?1
union all
select lease, worker, started_at, null, null, null, null, null from jobs where id = ?1 and state = 2
order by lease)sql";

// Looking and pausing.

inline constexpr std::string_view pauses = R"sql(
select scope, name, paused_at, paused_by from pauses)sql";

// A pause that is there stays as it was.
// ?1 scope, ?2 name, ?3 now, ?4 paused_by
inline constexpr std::string_view pause = R"sql(
insert into pauses(scope, name, paused_at, paused_by) values (?1, ?2, ?3, ?4) on conflict do nothing)sql";

// ?1 scope, ?2 name
inline constexpr std::string_view resume = R"sql(
delete from pauses where scope = ?1 and name = ?2)sql";

// How many jobs wait that such a pause holds.
// ?1 scope, ?2 name
inline constexpr std::string_view waiting = R"sql(
select (select count(*) from jobs where state = 1 and blocked = 0 and (?1 = 'all' or ?1 = 'queue' and queue = ?2 or ?1 = 'type' and kind = ?2))
     + (select count(*) from jobs where state = 1 and blocked = 1 and (?1 = 'all' or ?1 = 'queue' and queue = ?2 or ?1 = 'type' and kind = ?2))
     + (select count(*) from jobs where state in (0, 3) and (?1 = 'all' or ?1 = 'queue' and queue = ?2 or ?1 = 'type' and kind = ?2)))sql";

// Those that live or were killed, and the one that came last; the newest first.
inline constexpr std::string_view workers = R"sql(
select name, pid, concurrency, queues, stopped_at from workers
where stopped_at is null or started_at = (select max(started_at) from workers)
order by started_at desc)sql";

// ?1 worker
inline constexpr std::string_view running_on = R"sql(
select count(*) from jobs where worker = ?1 and state = 2)sql";

// The job that another one of that key waits for.
// ?1 ckey, ?2 id
inline constexpr std::string_view holder_of_key = R"sql(
select id from jobs where state = 2 and ckey = ?1 and id <> ?2)sql";

// How many may be claimed before it.
// ?1 queue, ?2 priority, ?3 run_at, ?4 id
inline constexpr std::string_view ahead = R"sql(
select count(*) from jobs where state = 1 and blocked = 0 and queue = ?1 and (priority, run_at, id) < (?2, ?3, ?4)
  and not exists (select 1 from pauses p where p.scope = 'type' and p.name = kind))sql";

// ?1 id
inline constexpr std::string_view children = R"sql(
select id from jobs where parent_id = ?1 order by id)sql";

// Where chains begin, the newest first.
// ?1 ckey, ?2 limit
inline constexpr std::string_view roots = R"sql(
select j.id from jobs j
where j.ckey = ?1 and not exists (select 1 from jobs p where p.id = j.parent_id)
order by j.id desc limit ?2)sql";

} // namespace skerry::queue::sql
