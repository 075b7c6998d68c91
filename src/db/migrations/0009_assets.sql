-- Files that people bring into a project's public folder.

create table assets (
  id text primary key,
  project_id text not null references projects(id) on delete cascade,
  name text not null check (length(name) between 1 and 200),
  size integer not null,
  state text not null check (state in ('processing', 'ready', 'failed')),
  type text,                   -- told by its content
  sha256 text,
  width integer,               -- of an image
  height integer,
  error text,
  created_at integer not null,
  updated_at integer not null,
  unique (project_id, name)
) strict;
