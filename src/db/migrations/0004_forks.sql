-- How much of the other session's conversation a forked session began with: up to the end of this turn.
alter table sessions add column forked_at text;
create index sessions_forks on sessions(forked_from) where forked_from is not null;
