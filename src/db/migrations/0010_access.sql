-- Streams go on long after they were let in. They look again when this number has grown: a login or token has
-- gone or its time was cut short, or its user may something else now. Triggers, so that no statement forgets it.

create table access_changes (
  id integer primary key check (id = 1),
  count integer not null
) strict;
insert into access_changes(id, count) values (1, 0);

create trigger access_of_ended_login after delete on logins
begin
  update access_changes set count = count + 1;
end;

create trigger access_of_shorter_login after update of expires_at on logins
when new.expires_at < old.expires_at
begin
  update access_changes set count = count + 1;
end;

create trigger access_of_deleted_token after delete on api_tokens
begin
  update access_changes set count = count + 1;
end;

create trigger access_of_changed_token after update of expires_at, project_id, read_only on api_tokens
begin
  update access_changes set count = count + 1;
end;

create trigger access_of_role after update of role on users
when new.role <> old.role
begin
  update access_changes set count = count + 1;
end;
