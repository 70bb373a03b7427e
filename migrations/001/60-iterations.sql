-- Iterations

create table public.optimization_iterations (
  id uuid not null default optrail.uuid_v7(),
  run_id uuid not null,
  project_id text not null,
  iteration integer not null,
  status text not null default 'completed',
  eval_kind text not null default 'full',
  score double precision,
  scores jsonb,
  params jsonb not null default '{}',
  program_hash bytea,
  decision text,
  decision_reason text,
  parent_iterations integer[] not null default '{}',
  is_baseline boolean not null default false,
  is_placeholder boolean not null default false,
  start_time timestamptz,
  end_time timestamptz,
  declared_duration_ms double precision,
  duration_ms double precision generated always as
    (coalesce(declared_duration_ms, case when end_time < start_time then 0
      else (extract(epoch from (end_time - start_time)) * 1000)::double precision end)) stored,
  prompt_tokens bigint,
  completion_tokens bigint,
  declared_total_tokens bigint,
  total_tokens bigint generated always as
    (coalesce(declared_total_tokens, prompt_tokens + completion_tokens, prompt_tokens, completion_tokens)) stored,
  cost_usd numeric(20, 10),
  error_message text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint optimization_iterations_pkey primary key (id, project_id),
  constraint optimization_iterations_run_fkey foreign key (run_id, project_id)
    references public.optimization_runs (id, project_id) on delete cascade,
  constraint optimization_iterations_program_fkey foreign key (project_id, program_hash)
    references public.optimization_programs (project_id, program_hash),
  constraint optimization_iterations_number_range check (iteration >= 0),
  constraint optimization_iterations_status_known check (status in ('running', 'completed', 'failed', 'pruned')),
  constraint optimization_iterations_kind_known check (eval_kind in ('full', 'minibatch', 'bootstrap', 'test')),
  constraint optimization_iterations_decision_known check (decision in ('accepted', 'rejected')),
  constraint optimization_iterations_score_range check (optrail.is_score(score)),
  constraint optimization_iterations_scores_form check (scores is null or optrail.are_scores(scores)),
  constraint optimization_iterations_params_object check (jsonb_typeof(params) = 'object'),
  constraint optimization_iterations_metadata_object check (jsonb_typeof(metadata) = 'object'),
  constraint optimization_iterations_parents_form check (array_position(parent_iterations, null) is null),
  constraint optimization_iterations_times_finite
    check (isfinite(start_time) is not false and isfinite(end_time) is not false),
  constraint optimization_iterations_duration_range check (declared_duration_ms between 0 and 1e12),
  constraint optimization_iterations_tokens_range
    check (prompt_tokens >= 0 and completion_tokens >= 0 and declared_total_tokens >= 0),
  constraint optimization_iterations_cost_range check (cost_usd between 0 and 1e9)
) with (fillfactor = 90);

create unique index idx_optimization_iterations_run_id on public.optimization_iterations (run_id, iteration, project_id);
-- Partial, since it begins with the project: before the first ANALYZE the planner would take it for a look-up by run as well,
-- and foreign keys remember such a plan. The same goes for the index on examples below.
create index idx_optimization_iterations_program on public.optimization_iterations (project_id, program_hash)
  where program_hash is not null;

comment on table public.optimization_iterations is 'One evaluation of one candidate: a trial, a proposal, a full evaluation.';
comment on column public.optimization_iterations.id is 'UUIDv7, made by the client.';
comment on column public.optimization_iterations.run_id is 'The run.';
comment on column public.optimization_iterations.project_id is 'The project, that of its run.';
comment on column public.optimization_iterations.iteration is 'Number in the run, from 0 or 1; an optimizer''s own round or seed goes into params.';
comment on column public.optimization_iterations.status is 'running, completed, failed or pruned.';
comment on column public.optimization_iterations.eval_kind is 'On what it was scored: full, minibatch, bootstrap or test; only full ones can be best.';
comment on column public.optimization_iterations.score is 'Any finite number within 1e100 either way.';
comment on column public.optimization_iterations.scores is 'Further objectives by name.';
comment on column public.optimization_iterations.params is 'What was tried: instruction and demo indices, temperature, round, seed.';
comment on column public.optimization_iterations.program_hash is 'The candidate, in optimization_programs.';
comment on column public.optimization_iterations.decision is 'What the optimizer did with it: accepted or rejected.';
comment on column public.optimization_iterations.decision_reason is 'Why.';
comment on column public.optimization_iterations.parent_iterations is 'Numbers of the iterations it came from; a merge has two.';
comment on column public.optimization_iterations.is_baseline is 'Whether this is the program as it was before.';
comment on column public.optimization_iterations.is_placeholder is 'Made for samples that came before their iteration; recording the iteration fills it in.';
comment on column public.optimization_iterations.start_time is 'By the client''s clock.';
comment on column public.optimization_iterations.end_time is 'By the client''s clock.';
comment on column public.optimization_iterations.declared_duration_ms is 'Duration as the client measured it, in ms.';
comment on column public.optimization_iterations.duration_ms is 'Declared, or end_time - start_time; never negative.';
comment on column public.optimization_iterations.prompt_tokens is 'Tokens sent.';
comment on column public.optimization_iterations.completion_tokens is 'Tokens received.';
comment on column public.optimization_iterations.declared_total_tokens is 'Tokens in all, where the caller says so.';
comment on column public.optimization_iterations.total_tokens is 'Declared, or the sum of what was sent and received.';
comment on column public.optimization_iterations.cost_usd is 'US dollars.';
comment on column public.optimization_iterations.error_message is 'Why it failed.';
comment on column public.optimization_iterations.metadata is 'Whatever else the caller wants kept.';
comment on column public.optimization_iterations.created_at is 'Database clock.';
comment on column public.optimization_iterations.updated_at is 'Database clock, at the last change.';
