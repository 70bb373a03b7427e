create schema optrail;
comment on schema optrail is 'What serves the optimization_* tables: functions, ledger, analytics. Not for direct use.';

create table optrail.migrations (
  name text constraint migrations_pkey primary key,
  sha256 text not null constraint migrations_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  applied_at timestamptz not null default now()
);
comment on table optrail.migrations is 'Which migrations this database has had.';
comment on column optrail.migrations.name is 'File name without its ending.';
comment on column optrail.migrations.sha256 is 'SHA-256 of the file, its own digits taken as zeros.';
comment on column optrail.migrations.applied_at is 'When it was installed.';
