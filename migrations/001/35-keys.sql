-- API keys of projects. The secret itself is nowhere; who shows it is found by its hash, which no caller may read.

create table optrail.api_keys (
  id uuid not null default optrail.uuid_v7(),
  project_id text not null,
  name text not null,
  scope text not null default 'write',
  prefix text not null,
  secret_hash bytea not null,
  created_by text default (optrail.claims() ->> 'sub'),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_keys_pkey primary key (project_id, id),
  -- Without the project, unlike every other key: a secret is shown before anybody knows whose it is.
  constraint api_keys_secret_known_once unique (secret_hash),
  constraint api_keys_project_fkey foreign key (project_id) references public.optimization_projects (id) on delete cascade,
  constraint api_keys_name_length check (char_length(name) between 1 and 200),
  constraint api_keys_scope_known check (scope in ('read', 'write', 'admin')),
  constraint api_keys_prefix_form check (prefix ~ '^optrail_[0-9A-Za-z]{8}$'),
  constraint api_keys_hash_length check (octet_length(secret_hash) = 32),
  constraint api_keys_expires_later check (isfinite(expires_at) and expires_at > created_at)
) with (fillfactor = 70);
comment on table optrail.api_keys is 'Keys by which programs act in one project. They are never deleted, so that it stays known who had one.';
comment on column optrail.api_keys.id is 'UUIDv7, made by the database.';
comment on column optrail.api_keys.project_id is 'The one project that it opens.';
comment on column optrail.api_keys.name is 'For people: who or what uses it.';
comment on column optrail.api_keys.scope is 'read, write or admin: the roles viewer, editor and owner.';
comment on column optrail.api_keys.prefix is 'The first characters of the secret, to tell keys apart by.';
comment on column optrail.api_keys.secret_hash is 'SHA-256 of the whole secret, which has 256 random bits of its own and needs no salt. Nobody but the owner reads it.';
comment on column optrail.api_keys.created_by is 'The sub of the token that made it; null for a trusted caller, and for a key.';
comment on column optrail.api_keys.created_at is 'Database clock.';
comment on column optrail.api_keys.expires_at is 'From then on it opens nothing; null for no end.';
comment on column optrail.api_keys.last_used_at is 'Database clock, to the minute.';
comment on column optrail.api_keys.revoked_at is 'Since when it opens nothing: the database clock at the first UPDATE of this column, and final.';
