-- What a turn is asked for beside its text, how it ended and what it left; what agents wait for.

alter table projects add column on_permission text not null default 'allow'
  check (on_permission in ('allow', 'ask', 'deny', 'fail'));

alter table sessions add column agent text not null default 'build' check (agent in ('build', 'plan'));
alter table sessions add column forked_from text;       -- the session whose conversation it began with

alter table turns add column position integer not null default 0; -- in the project's line, ascending
alter table turns add column agent text not null default 'build' check (agent in ('build', 'plan'));
alter table turns add column attachments text not null default '[]'; -- [{name, mime, path}]
alter table turns add column on_permission text          -- null: as the project says
  check (on_permission in ('allow', 'ask', 'deny', 'fail'));
alter table turns add column require_change integer not null default 0;
alter table turns add column check_command text;         -- one line for sh -c, when the agent has ended
alter table turns add column fix integer not null default 0; -- how often a failed check may be fed back
alter table turns add column origin text not null default 'person'
  check (origin in ('person', 'fix', 'retry'));
alter table turns add column follows text;               -- the turn that it repairs or repeats
alter table turns add column max_cost real;
alter table turns add column max_steps integer;          -- of the model
alter table turns add column timeout integer;            -- milliseconds
alter table turns add column idempotency_key text;
alter table turns add column reason text;                -- of the end, in one word
alter table turns add column commit_before text;
alter table turns add column commit_after text;
alter table turns add column undone_by text;             -- the commit that took its changes back
alter table turns add column check_exit integer;
alter table turns add column seq_from integer;           -- its first event ...
alter table turns add column seq_to integer;             -- ... and its last
alter table turns add column started_at integer;         -- when the agent began
update turns set position = rowid;
create unique index turns_idempotency on turns(project_id, idempotency_key) where idempotency_key is not null;
create index turns_line on turns(project_id, position);

-- Permissions and answers that an agent waits for. A person's answer is written here; the worker that follows
-- the turn hands it to the agent.
create table requests (
  id text primary key,                                   -- the agent's
  project_id text not null references projects(id) on delete cascade,
  session_id text not null references sessions(id) on delete cascade,
  turn_id text not null references turns(id) on delete cascade,
  kind text not null check (kind in ('permission', 'question')),
  state text not null check (state in ('open', 'answered', 'resolved', 'dropped')),
  payload text not null,                                 -- of the event that told it
  reply text check (reply in ('once', 'always', 'reject', 'choice')),
  message text,
  choices text,                                          -- [[label, ...], ...]: for each question its labels
  asked_at integer not null,
  answered_at integer,
  ended_at integer
) strict;
create index requests_open on requests(project_id) where ended_at is null;
create index requests_turn on requests(turn_id);
