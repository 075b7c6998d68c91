-- Answers that are given again to who asks again with the same key.

create table idempotency_keys (
  caller text not null,        -- a user's id; of a token for one project also that
  key text not null check (length(key) between 1 and 200),
  request text not null,       -- the SHA-256 of action and input
  status integer not null,
  answer text not null,
  created_at integer not null,
  primary key (caller, key)
) strict, without rowid;
create index idempotency_keys_created on idempotency_keys(created_at);
