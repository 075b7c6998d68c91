-- The whole queue: names, results and time limits of jobs, pauses, schedules, types that people registered.
-- A job's id is not taken from a counter of its own any more (a page less to write with each commit): the row
-- with the highest id is never pruned, so no id comes twice.

create table jobs_2 (
  id integer primary key,
  kind text not null,
  queue text not null default 'default',
  priority integer not null default 0,
  state integer not null check (state between 0 and 8),
  blocked integer not null default 0, -- ready, but passed over while its key was busy: see jobs_unblock
  args text not null default '{}',
  run_at integer not null,
  attempt integer not null default 0 check (attempt >= 0),
  max_attempts integer not null default 3,
  crashes integer not null default 0,
  max_crashes integer not null default 3,
  lease integer not null default 0,   -- raised by every claim and every way out: what an old holder writes is refused
  worker text,
  lease_until integer,                -- CLOCK_MONOTONIC of the boot in worker's name
  started_at integer,                 -- of the last attempt
  ckey text,                          -- at most one job of a key runs at a time: a project's id
  dedupe_key text,
  -- not "in (...)": SQLite would make a table of the four numbers for each row it writes
  dedupe_mask integer not null default 0
    check (dedupe_mask = 0 or dedupe_mask = 27 or dedupe_mask = 31 or dedupe_mask = 63),
  cancel_at integer,
  progress text,                      -- JSON, of the last attempt
  result text,                        -- JSON
  error text,
  name text,                          -- what a person calls it
  timeout integer,                    -- milliseconds of one attempt; null: what its kind says
  parent_id integer,                  -- the job whose success (or giving way) led to this one
  follow_ups text not null default '[]', -- what its success starts, in order: [{kind, args}]
  created_at integer not null,
  finished_at integer,
  check ((state >= 5) = (finished_at is not null)),
  check ((state = 2) = (worker is not null)),
  check ((dedupe_key is null) = (dedupe_mask = 0))
) strict;

insert into jobs_2(id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
                   worker, lease_until, started_at, ckey, dedupe_key, dedupe_mask, cancel_at, error, parent_id,
                   follow_ups, created_at, finished_at)
select id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes, lease,
       worker, lease_until, (select max(started_at) from attempts where job_id = jobs.id), ckey, dedupe_key,
       dedupe_mask, cancel_at, error, parent_id, follow_ups, created_at, finished_at
from jobs;

drop table jobs;
alter table jobs_2 rename to jobs;

create index jobs_claim on jobs(queue, priority, run_at, id) where state = 1 and blocked = 0;
create index jobs_blocked on jobs(ckey, priority, run_at, id) where state = 1 and blocked = 1;
create index jobs_due on jobs(run_at) where state in (0, 3);
create index jobs_running on jobs(worker) where state = 2;
create index jobs_finished on jobs(state, finished_at) where state >= 5;
create index jobs_live_key on jobs(ckey) where state < 5 and ckey is not null;
create index jobs_parent on jobs(parent_id) where parent_id is not null;
create unique index jobs_ckey on jobs(ckey) where state = 2 and ckey is not null;
create unique index jobs_dedupe on jobs(dedupe_key)
  where dedupe_key is not null and cancel_at is null and (dedupe_mask >> state) & 1;

-- When a key becomes free, or the job at the head of its line leaves it, the next of that line may be claimed.
create trigger jobs_unblock after update of state on jobs
when old.ckey is not null and (old.state = 2 and new.state <> 2 or old.state = 1 and old.blocked = 0 and new.state not in (1, 2))
begin
  update jobs set blocked = 0
  where id = (select id from jobs where ckey = old.ckey and state = 1 and blocked = 1 order by priority, run_at, id limit 1)
    and not exists (select 1 from jobs where ckey = old.ckey and state = 2);
end;

-- One row when an attempt has ended; the one that runs stands in jobs (worker, lease, started_at).
create table attempts_2 (
  job_id integer not null,
  lease integer not null,
  worker text not null,
  started_at integer not null,
  ended_at integer not null,
  outcome text not null,
  error text,
  log_from integer,            -- what it wrote to the job's log: bytes since the log began
  log_to integer,
  primary key (job_id, lease)
) strict, without rowid;
insert into attempts_2(job_id, lease, worker, started_at, ended_at, outcome, error)
select job_id, lease, worker, started_at, ended_at, outcome, error from attempts
where ended_at is not null and outcome is not null;
drop table attempts;
alter table attempts_2 rename to attempts;

create table pauses (
  scope text not null check (scope in ('all', 'queue', 'type')),
  name text not null,
  paused_at integer not null,
  paused_by text not null,
  primary key (scope, name)
) strict, without rowid;
insert into pauses select 'queue', name, paused_at, '' from queues where paused_at is not null;
drop table queues;

create table workers (
  name text primary key,
  pid integer not null,
  concurrency integer not null,
  queues text not null,
  started_at integer not null,
  stopped_at integer           -- null: alive, or killed
) strict, without rowid;

create table job_types (
  name text primary key check (length(name) between 1 and 100),
  command text not null,       -- JSON: the words
  folder text,
  environment text not null default '{}',
  queue text not null default 'default',
  max_attempts integer not null,
  timeout integer not null,    -- milliseconds
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;

create table schedules (
  name text primary key check (length(name) between 1 and 100),
  cron text not null,
  timezone text not null,
  missed text not null check (missed in ('skip', 'once', 'all')),
  job text not null,           -- JSON: what each slot adds
  next_at integer not null,
  last_at integer,
  last_job_id integer,
  paused_at integer,
  paused_by text,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;
create index schedules_next on schedules(next_at) where paused_at is null;
