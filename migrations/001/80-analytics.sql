-- Analytics. A run that changes leaves in the queue what it counted for at the last refresh; a refresh takes that from
-- the rollup and adds what the run counts for now, so that its cost follows what changed and not the whole history.
-- Sums are numeric, since doubles added and taken away again would drift from a recount.

create table optrail.analytics_dirty (
  run_id uuid not null,
  project_id text not null,
  counted boolean not null,
  optimizer_type text,
  metric text,
  status text,
  final_score double precision,
  improvement double precision,
  duration_ms double precision,
  samples_evaluated integer,
  total_tokens bigint,
  total_cost_usd numeric(20, 10),
  created_at timestamptz,
  constraint analytics_dirty_pkey primary key (run_id, project_id)
);
comment on table optrail.analytics_dirty is 'Runs changed since the last refresh, with what they counted for then (counted is false for new ones).';
comment on column optrail.analytics_dirty.run_id is 'The run.';
comment on column optrail.analytics_dirty.project_id is 'Its project.';
comment on column optrail.analytics_dirty.counted is 'Whether the rollup counts it; where false, the columns after this one are null.';
comment on column optrail.analytics_dirty.optimizer_type is 'As counted.';
comment on column optrail.analytics_dirty.metric is 'As counted.';
comment on column optrail.analytics_dirty.status is 'As counted.';
comment on column optrail.analytics_dirty.final_score is 'As counted.';
comment on column optrail.analytics_dirty.improvement is 'As counted.';
comment on column optrail.analytics_dirty.duration_ms is 'As counted.';
comment on column optrail.analytics_dirty.samples_evaluated is 'As counted.';
comment on column optrail.analytics_dirty.total_tokens is 'As counted.';
comment on column optrail.analytics_dirty.total_cost_usd is 'As counted.';
comment on column optrail.analytics_dirty.created_at is 'As counted.';

create table optrail.analytics_rollup (
  group_id bigint generated always as identity constraint analytics_rollup_pkey primary key,
  project_id text not null,
  optimizer_type text not null,
  metric text,
  status text not null,
  total_runs bigint not null,
  scored_runs bigint not null,
  sum_final_score numeric not null,
  max_final_score double precision,
  improved_runs bigint not null,
  sum_improvement numeric not null,
  timed_runs bigint not null,
  sum_duration_ms numeric not null,
  total_samples_evaluated bigint not null,
  total_tokens_used numeric not null,
  total_cost_usd numeric not null,
  first_run_at timestamptz not null,
  last_run_at timestamptz not null,
  constraint analytics_rollup_group_key unique nulls not distinct (project_id, optimizer_type, metric, status)
);
comment on table optrail.analytics_rollup is 'Sums and extremes for each project, optimizer type, metric and status.';
comment on column optrail.analytics_rollup.group_id is 'Identity of the group, which the view finds its row by.';
comment on column optrail.analytics_rollup.project_id is 'The project.';
comment on column optrail.analytics_rollup.optimizer_type is 'As in optimization_runs.';
comment on column optrail.analytics_rollup.metric is 'As in optimization_runs; null where runs name none.';
comment on column optrail.analytics_rollup.status is 'As stored in optimization_runs.';
comment on column optrail.analytics_rollup.total_runs is 'Runs in the group.';
comment on column optrail.analytics_rollup.scored_runs is 'Those that have a final score.';
comment on column optrail.analytics_rollup.sum_final_score is 'Sum of the final scores.';
comment on column optrail.analytics_rollup.max_final_score is 'Highest of them.';
comment on column optrail.analytics_rollup.improved_runs is 'Those that have an improvement, be it negative.';
comment on column optrail.analytics_rollup.sum_improvement is 'Sum of the improvements.';
comment on column optrail.analytics_rollup.timed_runs is 'Those that have a duration.';
comment on column optrail.analytics_rollup.sum_duration_ms is 'Sum of the durations.';
comment on column optrail.analytics_rollup.total_samples_evaluated is 'Sum over the runs.';
comment on column optrail.analytics_rollup.total_tokens_used is 'Sum over the runs.';
comment on column optrail.analytics_rollup.total_cost_usd is 'Sum over the runs, in US dollars.';
comment on column optrail.analytics_rollup.first_run_at is 'Creation of the earliest run.';
comment on column optrail.analytics_rollup.last_run_at is 'Creation of the latest run.';

create table optrail.analytics_extremes_lost (
  group_id bigint constraint analytics_extremes_lost_pkey primary key
);
comment on table optrail.analytics_extremes_lost is 'Within a refresh: groups whose maximum or first or last run left.';
comment on column optrail.analytics_extremes_lost.group_id is 'The group, in analytics_rollup.';

create table optrail.analytics_state (
  only_row boolean not null default true constraint analytics_state_pkey primary key,
  refreshed_at timestamptz not null default now(),
  constraint analytics_state_one_row check (only_row)
);
comment on table optrail.analytics_state is 'When the analytics were last refreshed.';
comment on column optrail.analytics_state.only_row is 'Always true: the table has one row.';
comment on column optrail.analytics_state.refreshed_at is 'Database clock, at the end of the last refresh.';
insert into optrail.analytics_state default values;

create materialized view public.optimization_run_analytics as
select
  project_id, optimizer_type, metric, status, total_runs,
  (sum_final_score / nullif(scored_runs, 0))::double precision as avg_final_score,
  max_final_score,
  (sum_improvement / nullif(improved_runs, 0))::double precision as avg_improvement,
  (sum_duration_ms / nullif(timed_runs, 0))::double precision as avg_duration_ms,
  total_samples_evaluated, total_tokens_used, total_cost_usd, first_run_at, last_run_at,
  group_id
from optrail.analytics_rollup;

-- group_id alone is unique without a null, which REFRESH ... CONCURRENTLY needs to find a row again.
create unique index idx_optimization_run_analytics_group on public.optimization_run_analytics (group_id);
create index idx_optimization_run_analytics_project on public.optimization_run_analytics (project_id);
comment on materialized view public.optimization_run_analytics is
  'Figures for each project, optimizer type, metric and status, as of the last refresh_optimization_analytics(). For service_role; others call get_optimization_analytics().';
comment on column public.optimization_run_analytics.project_id is 'The project.';
comment on column public.optimization_run_analytics.optimizer_type is 'As in optimization_runs.';
comment on column public.optimization_run_analytics.metric is 'As in optimization_runs; null where runs name none.';
comment on column public.optimization_run_analytics.status is 'As stored in optimization_runs.';
comment on column public.optimization_run_analytics.total_runs is 'Runs in the group.';
comment on column public.optimization_run_analytics.avg_final_score is 'Mean of the final scores there are.';
comment on column public.optimization_run_analytics.max_final_score is 'Highest final score, whatever the direction.';
comment on column public.optimization_run_analytics.avg_improvement is 'Mean of the improvements there are.';
comment on column public.optimization_run_analytics.avg_duration_ms is 'Mean of the durations there are.';
comment on column public.optimization_run_analytics.total_samples_evaluated is 'Sum over the runs.';
comment on column public.optimization_run_analytics.total_tokens_used is 'Sum over the runs.';
comment on column public.optimization_run_analytics.total_cost_usd is 'Sum over the runs, in US dollars.';
comment on column public.optimization_run_analytics.first_run_at is 'Creation of the earliest run.';
comment on column public.optimization_run_analytics.last_run_at is 'Creation of the latest run.';
comment on column public.optimization_run_analytics.group_id is 'Identity of the group, for the refresh.';
