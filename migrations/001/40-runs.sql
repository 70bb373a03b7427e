-- Runs. declared_* is what the caller says, recorded_* and best_* what the rows below come to; the seed's names follow
-- from both and cannot be written. Nothing that changes while a run goes on is indexed, so that progress stays HOT.

create table public.optimization_runs (
  id uuid not null default optrail.uuid_v7(),
  project_id text not null,
  run_name text not null,
  optimizer_type text not null,
  status text not null default 'pending',
  attempt integer not null default 1,
  direction text not null default 'maximize',
  score_max double precision not null default 1,
  config jsonb not null default '{}',
  metric text generated always as (nullif(config ->> 'metric', '')) stored,
  model text generated always as (coalesce(nullif(config #>> '{model_config,model}', ''), nullif(config ->> 'model', ''))) stored,
  tags text[] not null default '{}',
  notes text,
  metadata jsonb not null default '{}',
  parent_run_id uuid,
  eval_set_hash text,
  created_by text default (optrail.claims() ->> 'sub'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  start_time timestamptz,
  end_time timestamptz,
  heartbeat_at timestamptz,
  error_message text,
  error_stack text,

  declared_initial_score double precision,
  declared_final_score double precision,
  declared_best_iteration integer,
  declared_iterations integer,
  declared_samples_evaluated integer,
  declared_successful_samples integer,
  declared_failed_samples integer,
  declared_total_tokens bigint,
  declared_total_cost_usd numeric(20, 10),
  declared_avg_latency_ms double precision,
  declared_duration_ms double precision,

  recorded_iterations integer not null default 0,
  recorded_iteration_tokens bigint not null default 0,
  recorded_iteration_cost_usd numeric(20, 10) not null default 0,
  recorded_samples integer not null default 0,
  recorded_failed_samples integer not null default 0,
  recorded_sample_tokens bigint not null default 0,
  recorded_sample_cost_usd numeric(20, 10) not null default 0,
  recorded_latency_count integer not null default 0,
  recorded_latency_sum_ms numeric(20, 3) not null default 0,
  recorded_baseline_score double precision,
  best_iteration integer,
  best_score double precision,
  analytics_dirty boolean not null default true,

  iterations integer not null generated always as (greatest(declared_iterations, recorded_iterations)) stored,
  samples_evaluated integer not null generated always as (greatest(declared_samples_evaluated, recorded_samples)) stored,
  successful_samples integer not null generated always as
    (greatest(declared_successful_samples, recorded_samples - recorded_failed_samples)) stored,
  failed_samples integer not null generated always as (greatest(declared_failed_samples, recorded_failed_samples)) stored,
  total_tokens bigint not null generated always as
    (greatest(declared_total_tokens, recorded_iteration_tokens, recorded_sample_tokens)) stored,
  total_cost_usd numeric(20, 10) not null generated always as
    (greatest(declared_total_cost_usd, recorded_iteration_cost_usd, recorded_sample_cost_usd)) stored,
  avg_latency_ms double precision generated always as
    (coalesce((recorded_latency_sum_ms / nullif(recorded_latency_count, 0))::double precision, declared_avg_latency_ms)) stored,
  duration_ms double precision generated always as
    (coalesce(declared_duration_ms, case when end_time < start_time then 0
      else (extract(epoch from (end_time - start_time)) * 1000)::double precision end)) stored,
  initial_score double precision generated always as (coalesce(declared_initial_score, recorded_baseline_score)) stored,
  final_score double precision generated always as
    (coalesce(declared_final_score, case when status = 'completed' then best_score end)) stored,
  -- Subtracted either way round and not multiplied by -1, which would make -0 of no change.
  improvement double precision generated always as (
    case direction
      when 'minimize' then coalesce(declared_initial_score, recorded_baseline_score)
        - coalesce(declared_final_score, case when status = 'completed' then best_score end)
      else coalesce(declared_final_score, case when status = 'completed' then best_score end)
        - coalesce(declared_initial_score, recorded_baseline_score)
    end) stored,
  -- From an initial score of 1e-200 on, and below it where this product says so, the quotient stays within a double.
  improvement_pct double precision generated always as (
    case when abs(coalesce(declared_initial_score, recorded_baseline_score)) >= 1e-200
      or (coalesce(declared_initial_score, recorded_baseline_score) <> 0
        and abs(coalesce(declared_final_score, case when status = 'completed' then best_score end)
          - coalesce(declared_initial_score, recorded_baseline_score))
          <= abs(coalesce(declared_initial_score, recorded_baseline_score)) * 1e300)
    then
      case direction
        when 'minimize' then coalesce(declared_initial_score, recorded_baseline_score)
          - coalesce(declared_final_score, case when status = 'completed' then best_score end)
        else coalesce(declared_final_score, case when status = 'completed' then best_score end)
          - coalesce(declared_initial_score, recorded_baseline_score)
      end
      / abs(coalesce(declared_initial_score, recorded_baseline_score)) * 100
    end) stored,
  rank_score double precision generated always as (
    case when abs(coalesce(declared_final_score, case when status = 'completed' then best_score end)) < 1e-200 then 0
      else coalesce(declared_final_score, case when status = 'completed' then best_score end)
        / nullif(score_max, 0) * case direction when 'minimize' then -1 else 1 end
    end) stored,

  constraint optimization_runs_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_runs_parent_other check (parent_run_id <> id),
  constraint optimization_runs_name_length check (char_length(run_name) between 1 and 200),
  constraint optimization_runs_optimizer_slug check (optimizer_type ~ '^[a-z0-9][a-z0-9_]{0,199}$'),
  constraint optimization_runs_status_known
    check (status in ('pending', 'running', 'completed', 'failed', 'cancelled', 'stale')),
  constraint optimization_runs_attempt_positive check (attempt >= 1),
  constraint optimization_runs_direction_known check (direction in ('maximize', 'minimize')),
  constraint optimization_runs_score_max_range check (score_max between 1e-100 and 1e100),
  constraint optimization_runs_config_object check (jsonb_typeof(config) = 'object'),
  constraint optimization_runs_config_optimizer check (coalesce(config ->> 'optimizer', optimizer_type) = optimizer_type),
  constraint optimization_runs_metric_length check (char_length(metric) <= 200),
  constraint optimization_runs_model_length check (char_length(model) <= 200),
  constraint optimization_runs_tags_form check (tags = '{}' or optrail.are_tags(tags)),
  constraint optimization_runs_metadata_object check (jsonb_typeof(metadata) = 'object'),
  constraint optimization_runs_eval_set_length check (char_length(eval_set_hash) between 1 and 200),
  constraint optimization_runs_times_finite
    check (isfinite(start_time) is not false and isfinite(end_time) is not false),
  constraint optimization_runs_initial_score_range check (optrail.is_score(declared_initial_score)),
  constraint optimization_runs_final_score_range check (optrail.is_score(declared_final_score)),
  constraint optimization_runs_best_iteration_range check (declared_best_iteration >= 0),
  constraint optimization_runs_counts_range check (
    declared_iterations >= 0 and declared_samples_evaluated >= 0
    and declared_successful_samples >= 0 and declared_failed_samples >= 0),
  constraint optimization_runs_tokens_range check (declared_total_tokens >= 0),
  constraint optimization_runs_cost_range check (declared_total_cost_usd between 0 and 1e9),
  constraint optimization_runs_latency_range check (declared_avg_latency_ms between 0 and 1e12),
  constraint optimization_runs_duration_range check (declared_duration_ms between 0 and 1e12)
) with (fillfactor = 70);

-- Each name of the seed's table of targets, then one for each further order and filter; id settles ties.
create index idx_optimization_runs_project_id on public.optimization_runs (project_id, created_at desc, id desc);
create index idx_optimization_runs_status on public.optimization_runs (project_id, status, created_at desc, id desc);
create index idx_optimization_runs_tags_gin on public.optimization_runs using gin (tags);
create index idx_optimization_runs_config_gin on public.optimization_runs using gin (config jsonb_path_ops);
create index idx_optimization_runs_performance on public.optimization_runs (project_id, final_score desc nulls last)
  where status = 'completed';
create index idx_optimization_runs_optimizer_type on public.optimization_runs (project_id, optimizer_type, created_at desc, id desc);
create index idx_optimization_runs_model on public.optimization_runs (project_id, model, created_at desc, id desc);
create index idx_optimization_runs_final_score on public.optimization_runs (project_id, final_score desc nulls last, id desc);
create index idx_optimization_runs_improvement on public.optimization_runs (project_id, improvement desc nulls last, id desc);
create index idx_optimization_runs_duration on public.optimization_runs (project_id, duration_ms desc nulls last, id desc);
create index idx_optimization_runs_rank on public.optimization_runs (project_id, rank_score desc, created_at, id)
  where status = 'completed' and rank_score is not null;
create index idx_optimization_runs_metric_rank on public.optimization_runs (project_id, metric, rank_score desc, created_at, id)
  where status = 'completed' and rank_score is not null;
-- Partial, since most runs have no parent: PostgreSQL 18 would skip over that one value and read the index as one by project.
create index idx_optimization_runs_parent on public.optimization_runs (parent_run_id, project_id)
  where parent_run_id is not null;

-- The key is made last: of indexes that cost the same PostgreSQL takes the newest, and before the first ANALYZE a look-up by
-- key costs the same in every index above that holds the id.
alter table public.optimization_runs
  add constraint optimization_runs_pkey primary key (id, project_id),
  add constraint optimization_runs_parent_fkey foreign key (parent_run_id, project_id)
    references public.optimization_runs (id, project_id) on delete set null (parent_run_id);

comment on table public.optimization_runs is 'One call of an optimizer.';
comment on column public.optimization_runs.id is 'UUIDv7, made by the client so that a retry writes nothing twice.';
comment on column public.optimization_runs.project_id is 'The tenant.';
comment on column public.optimization_runs.run_name is 'For people; 1 to 200 characters.';
comment on column public.optimization_runs.optimizer_type is 'A slug: miprov2, gepa, bootstrap_fewshot, ...';
comment on column public.optimization_runs.status is 'pending, running, completed, failed, cancelled or stale; updates obey optrail.before_run_update().';
comment on column public.optimization_runs.attempt is '1, and one more for each resume.';
comment on column public.optimization_runs.direction is 'Whether a higher score is better (maximize) or a lower one (minimize).';
comment on column public.optimization_runs.score_max is 'The score of a perfect program: 1, or 100 on DSPy''s scale.';
comment on column public.optimization_runs.config is 'What the optimizer was called with, unaltered.';
comment on column public.optimization_runs.metric is 'config.metric, so that it can be filtered and ranked.';
comment on column public.optimization_runs.model is 'config.model_config.model, or config.model.';
comment on column public.optimization_runs.tags is 'Labels, at most 100.';
comment on column public.optimization_runs.notes is 'Free text; editable after the end.';
comment on column public.optimization_runs.metadata is 'Whatever else the caller wants kept; editable after the end.';
comment on column public.optimization_runs.parent_run_id is 'The run this one is a part of.';
comment on column public.optimization_runs.eval_set_hash is 'Identity of the examples that scores were measured on; runs over different sets do not rank together.';
comment on column public.optimization_runs.created_by is 'The sub of the token that created it; null for a trusted caller.';
comment on column public.optimization_runs.created_at is 'Database clock.';
comment on column public.optimization_runs.updated_at is 'Database clock, at the last change.';
comment on column public.optimization_runs.start_time is 'When it began to run: the caller''s, or stamped by the step to running.';
comment on column public.optimization_runs.end_time is 'When it ended: the caller''s, or stamped by the step to a final status.';
comment on column public.optimization_runs.heartbeat_at is 'Last sign of life, by the database clock whatever the caller writes; null where nobody beats.';
comment on column public.optimization_runs.error_message is 'Why it failed.';
comment on column public.optimization_runs.error_stack is 'Where it failed.';
comment on column public.optimization_runs.declared_initial_score is 'The caller''s initial score; overrides the baseline''s.';
comment on column public.optimization_runs.declared_final_score is 'The caller''s final score; overrides the best.';
comment on column public.optimization_runs.declared_best_iteration is 'The iteration the caller says is best.';
comment on column public.optimization_runs.declared_iterations is 'Iterations made, where they are not recorded as rows.';
comment on column public.optimization_runs.declared_samples_evaluated is 'Samples evaluated, where they are not recorded as rows.';
comment on column public.optimization_runs.declared_successful_samples is 'Successful samples, where they are not recorded as rows.';
comment on column public.optimization_runs.declared_failed_samples is 'Failed samples, where they are not recorded as rows.';
comment on column public.optimization_runs.declared_total_tokens is 'Tokens used, the optimizer''s own included.';
comment on column public.optimization_runs.declared_total_cost_usd is 'US dollars spent, the optimizer''s own included.';
comment on column public.optimization_runs.declared_avg_latency_ms is 'Mean latency in ms, where samples are not recorded.';
comment on column public.optimization_runs.declared_duration_ms is 'Duration in ms; overrides end_time - start_time.';
comment on column public.optimization_runs.recorded_iterations is 'Rows of optimization_iterations; kept by triggers.';
comment on column public.optimization_runs.recorded_iteration_tokens is 'Their tokens.';
comment on column public.optimization_runs.recorded_iteration_cost_usd is 'Their cost.';
comment on column public.optimization_runs.recorded_samples is 'Rows of optimization_samples; kept by triggers.';
comment on column public.optimization_runs.recorded_failed_samples is 'Those that failed.';
comment on column public.optimization_runs.recorded_sample_tokens is 'Their tokens.';
comment on column public.optimization_runs.recorded_sample_cost_usd is 'Their cost.';
comment on column public.optimization_runs.recorded_latency_count is 'Samples that have a latency.';
comment on column public.optimization_runs.recorded_latency_sum_ms is 'Sum of their latencies in ms.';
comment on column public.optimization_runs.recorded_baseline_score is 'Score of the earliest completed iteration marked as baseline.';
comment on column public.optimization_runs.best_iteration is 'The declared best, or the best completed full evaluation that was not rejected, the earlier of equals.';
comment on column public.optimization_runs.best_score is 'Its score.';
comment on column public.optimization_runs.analytics_dirty is 'Changed since the last refresh_optimization_analytics().';
comment on column public.optimization_runs.iterations is 'The greater of declared and recorded.';
comment on column public.optimization_runs.samples_evaluated is 'The greater of declared and recorded.';
comment on column public.optimization_runs.successful_samples is 'The greater of declared and recorded.';
comment on column public.optimization_runs.failed_samples is 'The greater of declared and recorded.';
comment on column public.optimization_runs.total_tokens is 'The greatest of declared, the iterations'' and the samples''.';
comment on column public.optimization_runs.total_cost_usd is 'The greatest of declared, the iterations'' and the samples'', in US dollars.';
comment on column public.optimization_runs.avg_latency_ms is 'Mean latency of the samples recorded, or the declared one.';
comment on column public.optimization_runs.duration_ms is 'Declared, or end_time - start_time; never negative.';
comment on column public.optimization_runs.initial_score is 'Declared, or the baseline''s score.';
comment on column public.optimization_runs.final_score is 'Declared, or once completed the best score, late rows included.';
comment on column public.optimization_runs.improvement is 'How much better the run ended than it began; positive is better in either direction.';
comment on column public.optimization_runs.improvement_pct is 'improvement in percent of abs(initial_score); null where that is 0.';
comment on column public.optimization_runs.rank_score is 'final_score / score_max, negated for minimize: what rankings order by.';
