-- Who may use the server, and what they prove it with. Of every secret only a hash is here.

create table users (
  id text primary key check (length(id) between 1 and 40),
  name text not null collate nocase unique
    check (length(name) between 1 and 64 and name not glob '*[^-A-Za-z0-9._@]*' and name not glob '-*'),
  role text not null check (role in ('admin', 'member')),
  password_hash text not null,           -- "scrypt$N$r$p$salt$key"
  created_at integer not null,
  updated_at integer not null
) strict;
create index users_role on users(role);

create table logins (
  id text primary key check (length(id) between 1 and 40),
  user_id text not null references users(id) on delete cascade,
  digest text not null unique check (length(digest) = 64), -- SHA-256 of the token
  created_at integer not null,
  expires_at integer not null,           -- moves on while it is used
  last_seen_at integer not null,
  address text not null,                 -- where it was last used from ...
  client text not null                   -- ... and by what program
) strict;
create index logins_user on logins(user_id);
create index logins_expiry on logins(expires_at);

create table api_tokens (
  id text primary key check (length(id) between 1 and 40),
  user_id text not null references users(id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  digest text not null unique check (length(digest) = 64),
  read_only integer not null check (read_only in (0, 1)),
  project_id text references projects(id) on delete cascade, -- null: all that its user may
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  unique (user_id, name)
) strict;
create index api_tokens_project on api_tokens(project_id) where project_id is not null;

-- Projects are marked deleted; a token that was for one alone is then for nothing.
create trigger api_tokens_of_deleted after update of deleted_at on projects
when new.deleted_at is not null
begin
  delete from api_tokens where project_id = new.id;
end;

-- For making the first user; none is left once there is one.
create table setup_tokens (
  digest text primary key check (length(digest) = 64),
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

-- How often a password was tried and was wrong. The key is a hash: people type passwords where names go.
create table throttles (
  key text primary key check (length(key) = 64),
  failures integer not null check (failures >= 0),
  tried_at integer not null,
  blocked_until integer not null
) strict, without rowid;
create index throttles_age on throttles(tried_at);
