-- Times are milliseconds since the epoch, UTC. Ids of projects, sessions and turns are text.

create table projects (
  id text primary key check (length(id) between 1 and 40),
  slug text not null check (length(slug) between 1 and 60),
  name text not null check (length(name) between 1 and 200),
  status text not null
    check (status in ('created', 'starting', 'running', 'stopping', 'stopped', 'error', 'deleting')),
  runtime text not null check (runtime in ('sandbox', 'host', 'docker', 'swarm')),
  model text not null,
  template text not null,      -- the name of a template, or the folder or address the files came from
  path text not null,          -- the project's folder
  owner_user_id text,
  last_error text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;
create unique index projects_slug on projects(slug) where deleted_at is null;
create index projects_created on projects(created_at) where deleted_at is null;

-- One row for each port that a project holds: the key keeps two projects from sharing one.
create table ports (
  port integer primary key check (port between 1 and 65535),
  project_id text not null references projects(id) on delete cascade,
  service text not null check (service in ('app', 'agent', 'model')),
  unique (project_id, service)
) strict;

create table sessions (
  id text primary key,
  project_id text not null references projects(id) on delete cascade,
  agent_session_id text,       -- the agent's own name for it, once it exists there
  title text not null,
  model text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index sessions_project on sessions(project_id, created_at);

create table turns (
  id text primary key,
  session_id text not null references sessions(id) on delete cascade,
  project_id text not null references projects(id) on delete cascade,
  prompt text not null,
  model text not null,
  state text not null check (state in ('queued', 'sent', 'running', 'needs_input',
    'completed', 'failed', 'stuck', 'timeout', 'cancelled', 'limit')),
  message_id text,             -- written before the prompt is sent, so that it is never sent twice
  error text,
  cost real not null default 0,
  tokens_input integer not null default 0,
  tokens_output integer not null default 0,
  files_changed text not null default '[]',
  created_at integer not null,
  sent_at integer,
  ended_at integer
) strict;
create index turns_session on turns(session_id, created_at);
create index turns_live on turns(project_id) where ended_at is null;

-- seq grows in the order of the commits, since every writer holds the only write lock.
create table events (
  seq integer primary key autoincrement,
  type text not null,
  project_id text,
  session_id text,
  turn_id text,
  job_id integer,
  time integer not null,
  payload text not null
) strict;
create index events_project on events(project_id, seq) where project_id is not null;
create index events_session on events(session_id, seq) where session_id is not null;

-- state: 0 scheduled 1 ready 2 running 3 retry 4 suspended | 5 succeeded 6 cancelled 7 dead 8 superseded
-- dedupe_mask: 0 none | 27 waiting twins | 31 waiting and running twins | 63 succeeded ones too, until pruned
create table jobs (
  id integer primary key autoincrement,
  kind text not null,
  queue text not null default 'default',
  priority integer not null default 0,
  state integer not null check (state between 0 and 8),
  args text not null default '{}',
  run_at integer not null,
  attempt integer not null default 0 check (attempt >= 0),
  max_attempts integer not null default 3,
  crashes integer not null default 0,
  max_crashes integer not null default 3,
  lease integer not null default 0,   -- raised by every claim and every way out: what an old holder writes is refused
  worker text,
  lease_until integer,                -- CLOCK_MONOTONIC of the boot in worker's name
  ckey text,                          -- at most one job of a key runs at a time: a project's id
  dedupe_key text,
  dedupe_mask integer not null default 0 check (dedupe_mask in (0, 27, 31, 63)),
  cancel_at integer,
  progress text,
  error text,
  parent_id integer,                  -- the job whose success (or giving way) led to this one
  follow_ups text not null default '[]', -- what its success starts, in order: [{kind, args}]
  created_at integer not null,
  finished_at integer,
  check ((state >= 5) = (finished_at is not null)),
  check ((state = 2) = (worker is not null)),
  check ((dedupe_key is null) = (dedupe_mask = 0))
) strict;
create index jobs_claim on jobs(queue, priority, run_at, id) where state = 1;
create index jobs_due on jobs(run_at) where state in (0, 3);
create index jobs_running on jobs(worker) where state = 2;
create index jobs_finished on jobs(finished_at) where state >= 5;
create index jobs_live_key on jobs(ckey) where state < 5 and ckey is not null;
create index jobs_parent on jobs(parent_id) where parent_id is not null;
create unique index jobs_ckey on jobs(ckey) where state = 2 and ckey is not null;
create unique index jobs_dedupe on jobs(dedupe_key)
  where dedupe_key is not null and cancel_at is null and (dedupe_mask >> state) & 1;

create table queues (
  name text primary key,
  paused_at integer,
  max_running integer
) strict, without rowid;

create table attempts (
  job_id integer not null,
  lease integer not null,
  worker text not null,
  started_at integer not null,
  ended_at integer,
  outcome text,
  error text,
  primary key (job_id, lease)
) strict, without rowid;
