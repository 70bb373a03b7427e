-- Checkpoints

create table public.optimization_checkpoints (
  id uuid not null default optrail.uuid_v7(),
  run_id uuid not null,
  project_id text not null,
  state text not null,
  state_hash bytea not null,
  state_bytes integer not null,
  created_at timestamptz not null default now(),
  constraint optimization_checkpoints_pkey primary key (id, project_id),
  constraint optimization_checkpoints_run_fkey foreign key (run_id, project_id)
    references public.optimization_runs (id, project_id) on delete cascade,
  constraint optimization_checkpoints_state_size check (octet_length(state) <= 16777216)
);
create index idx_optimization_checkpoints_run on public.optimization_checkpoints (run_id, project_id, id desc);
comment on table public.optimization_checkpoints is 'What an optimizer wrote down of itself, to go on from: handed back as it was, and never read by the database. The newest three of a run are kept.';
comment on column public.optimization_checkpoints.id is 'UUIDv7, made by the client, so that a retry writes nothing twice; the newest is the highest.';
comment on column public.optimization_checkpoints.run_id is 'The run.';
comment on column public.optimization_checkpoints.project_id is 'The run''s project.';
comment on column public.optimization_checkpoints.state is 'The state as JSON text of at most 16 MiB, kept to the letter.';
comment on column public.optimization_checkpoints.state_hash is 'SHA-256 of the state''s bytes in UTF-8, made by the database.';
comment on column public.optimization_checkpoints.state_bytes is 'Bytes of the state in UTF-8, counted by the database.';
comment on column public.optimization_checkpoints.created_at is 'Database clock.';
