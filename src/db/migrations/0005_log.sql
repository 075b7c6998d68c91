-- The event log is kept short: pieces of ended texts become one, old events go.

alter table projects add column keep_events text;        -- a duration, or 'forever'; null: as the settings say

-- Turns with pieces of texts that are still to be made one.
create table folding (
  turn_id text primary key references turns(id) on delete cascade,
  session_id text not null,
  from_seq integer not null,   -- there are no such pieces before
  due_at integer               -- null: until the next message ends
) strict;
create index folding_due on folding(due_at) where due_at is not null;
