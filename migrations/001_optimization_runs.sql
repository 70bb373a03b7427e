-- Optrail: the trail that a prompt optimizer leaves, in PostgreSQL 15 to 18.
--
--   psql "$SUPABASE_DB_URL" -f migrations/001_optimization_runs.sql
--
-- One transaction, safe to run again: if the schema is installed already, it says so and changes nothing.
-- `optrail migrate` runs this same text. OPTIMIZATION_SCHEMA_README.md says what each table means.
--
-- `npm run gen` joins this file from the parts in migrations/001/. Each part is ordinary SQL; one DO block executes them all, since
-- plain SQL has no other way to stop early without an error. Seed tables and the functions that callers use are in schema `public`;
-- what they are built from is in schema `optrail`.

begin;

set local search_path = pg_catalog, pg_temp;
set local client_min_messages = notice;

do $optrail$
declare
  -- sha256 of this file with these 64 digits as zeros
  v_sha256 constant text := 'cce43bc8fc35c985a4eea5206e6ae1a488c7df52dd273aec308e367944ca9c26';
  v_name constant text := '001_optimization_runs';
  -- The migrations whose changes this file holds already, and their hashes.
  v_included constant text[] := array['002_safe_search_path', '003_program_text'];
  v_hashes constant text[] := array['c56c2aa3f981726c57901c9fe62642e2' || '2ec086a7322ade1b8d66e934956d2677', '0a932c6d6e9041512dd67e962ab4a1f7' || '37942a831f73967a561f56e370861406'];
  v_installed text;
begin

-- Two installers of one database wait for each other here; the number is arbitrary and Optrail's own.
perform pg_advisory_xact_lock(4700001);

-- Not to_regclass, which may answer from a cache older than the wait for the lock.
if exists (select from pg_tables where schemaname = 'optrail' and tablename = 'migrations') then
  execute 'select sha256 from optrail.migrations where name = $1' into v_installed using v_name;
  if v_installed is not null then
    execute 'select m.name from unnest($1) as m(name) where m.name not in (select name from optrail.migrations) order by 1 limit 1'
      into v_installed using v_included;
    if v_installed is null then
      raise notice 'optrail: % is installed already; nothing was changed', v_name;
      return;
    end if;
    raise exception using
      errcode = 'OT006',
      message = format('optrail: this database has an older schema, without %s; nothing was changed', v_installed),
      hint = format('Run `optrail migrate`, or psql -f migrations/%s.sql and each file after it. No row is lost.', v_installed);
  end if;
end if;

execute $part$ -- 10-roles.sql
-- Roles, as on Supabase. Roles belong to the cluster and the lock above to one database, so that another install may
-- be making the same role at this moment: whoever comes second waits for the first and takes what it made.

do $do$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin noinherit', v_role);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
      for attempt in 1..20 loop
        begin
          execute format('grant %I to current_user', v_role);
          exit;
        exception
          when unique_violation or internal_error then
            perform pg_sleep(random() * 0.05);
          when insufficient_privilege or invalid_grant_operation then
            if not pg_has_role(current_user, v_role, 'member') then
              raise warning 'optrail: % may not act as role %; ask its owner for: grant % to %', current_user, v_role, v_role, current_user;
            end if;
            exit;
        end;
      end loop;
    end if;
  end loop;
end
$do$;
$part$;

execute $part$ -- 15-schema.sql
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
$part$;

execute $part$ -- 20-rules.sql
-- Small rules that constraints and defaults call. Their bodies are bound when they are created (`return`), so that no
-- search_path redirects them, and the planner can still inline them, as it could not with a search_path of their own.

-- PostgreSQL 15 to 17 have no uuidv7(): 48 bits of milliseconds, then the random bits of a version 4, then the version.
create function optrail.uuid_v7() returns uuid
language sql volatile parallel safe
return encode(
  set_bit(set_bit(
    overlay(
      uuid_send(gen_random_uuid())
      placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
      from 1 for 6),
    52, 1), 53, 1),
  'hex')::uuid;

create function optrail.is_score(p_score double precision) returns boolean
language sql immutable parallel safe
return p_score between -1e100 and 1e100;

create function optrail.are_scores(p_scores jsonb) returns boolean
language sql immutable parallel safe
return jsonb_typeof(p_scores) = 'object' and not exists (
  select from jsonb_each(p_scores) as entry(name, score)
  where case when jsonb_typeof(score) = 'number' then abs(score::numeric) > 1e100 else true end);

create function optrail.are_tags(p_tags text[]) returns boolean
language sql immutable parallel safe
return cardinality(p_tags) <= 100
  and array_position(p_tags, null) is null
  and coalesce((select max(char_length(tag)) <= 200 and min(char_length(tag)) >= 1 from unnest(p_tags) as t(tag)), true);

-- Who calls, from the token that PostgREST, Supabase or Optrail's client put into the transaction; '' in a reused session.
create function optrail.claims() returns jsonb
language sql stable parallel safe
return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
$part$;

execute $part$ -- 30-projects.sql
-- Projects and their members

create table public.optimization_projects (
  id text constraint optimization_projects_pkey primary key,
  name text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint optimization_projects_id_length check (char_length(id) between 1 and 200),
  constraint optimization_projects_name_length check (char_length(name) between 1 and 200),
  constraint optimization_projects_metadata_object check (jsonb_typeof(metadata) = 'object')
);
comment on table public.optimization_projects is 'The tenants. A trusted caller that records a run in an unknown project creates it.';
comment on column public.optimization_projects.id is 'The name callers use, e.g. proj_123.';
comment on column public.optimization_projects.name is 'For people; the id where nobody gave one.';
comment on column public.optimization_projects.metadata is 'Whatever the owner wants kept with the project.';
comment on column public.optimization_projects.created_at is 'Database clock.';
comment on column public.optimization_projects.updated_at is 'Database clock, at the last change.';

create table public.optimization_project_members (
  project_id text not null,
  user_id text not null,
  role text not null default 'viewer',
  created_at timestamptz not null default now(),
  constraint optimization_project_members_pkey primary key (project_id, user_id),
  constraint optimization_project_members_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_project_members_user_length check (char_length(user_id) between 1 and 200),
  constraint optimization_project_members_role_known check (role in ('viewer', 'editor', 'owner'))
);
create index idx_optimization_project_members_user_id on public.optimization_project_members (user_id, project_id, role);
comment on table public.optimization_project_members is 'Who belongs to a project, and as what.';
comment on column public.optimization_project_members.project_id is 'The project.';
comment on column public.optimization_project_members.user_id is 'The sub of the user''s token (auth.uid() on Supabase).';
comment on column public.optimization_project_members.role is 'viewer reads; editor records too; owner manages members too.';
comment on column public.optimization_project_members.created_at is 'Database clock.';
$part$;

execute $part$ -- 35-keys.sql
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
$part$;

execute $part$ -- 40-runs.sql
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
$part$;

execute $part$ -- 50-content.sql
-- Content, stored once a project under its hash: SHA-256 of a program's text as recorded, or of an example's RFC 8785 text.

create table public.optimization_programs (
  project_id text not null,
  program_hash bytea not null,
  program jsonb not null,
  created_at timestamptz not null default now(),
  program_text text,
  constraint optimization_programs_pkey primary key (project_id, program_hash),
  constraint optimization_programs_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_programs_hash_length check (octet_length(program_hash) = 32),
  constraint optimization_programs_text_matches check (
    program_text is null
    or (program = program_text::jsonb and program_hash = sha256(convert_to(program_text, 'UTF8'))))
);
create index idx_optimization_programs_newest on public.optimization_programs (project_id, created_at desc, program_hash);
comment on table public.optimization_programs is 'Candidates: prompts, demos, an optimizer''s own state.';
comment on column public.optimization_programs.project_id is 'The project.';
comment on column public.optimization_programs.program_hash is
  'SHA-256 of program_text in UTF-8; if that is null, of the program''s RFC 8785 text.';
comment on column public.optimization_programs.program is 'The program as JSON.';
comment on column public.optimization_programs.program_text is
  'The JSON text as recorded, byte for byte; null in rows recorded before migration 003, which kept the value only.';
comment on column public.optimization_programs.created_at is 'Database clock.';

create table public.optimization_examples (
  project_id text not null,
  example_hash bytea not null,
  input jsonb,
  expected_output jsonb,
  created_at timestamptz not null default now(),
  constraint optimization_examples_pkey primary key (project_id, example_hash),
  constraint optimization_examples_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_examples_hash_length check (octet_length(example_hash) = 32)
);
comment on table public.optimization_examples is 'Examples that samples were evaluated on.';
comment on column public.optimization_examples.project_id is 'The project.';
comment on column public.optimization_examples.example_hash is 'SHA-256 of the RFC 8785 text of {"expectedOutput", "input"}, an absent key left out.';
comment on column public.optimization_examples.input is 'What the program was given.';
comment on column public.optimization_examples.expected_output is 'What a right answer is, where there is one.';
comment on column public.optimization_examples.created_at is 'Database clock.';
$part$;

execute $part$ -- 60-iterations.sql
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
$part$;

execute $part$ -- 70-samples.sql
-- Samples. The widest columns come first, so that no padding is stored between them.

create table public.optimization_samples (
  run_id uuid not null,
  score double precision,
  latency_ms double precision,
  created_at timestamptz not null default now(),
  iteration integer not null,
  sample_index integer not null,
  prompt_tokens integer,
  completion_tokens integer,
  declared_total_tokens integer,
  total_tokens integer generated always as
    (coalesce(declared_total_tokens, prompt_tokens + completion_tokens, prompt_tokens, completion_tokens)) stored,
  success boolean,
  failed boolean not null generated always as (coalesce(not success, error_message is not null)) stored,
  project_id text not null,
  example_hash bytea,
  predicted_output jsonb,
  scores jsonb,
  cost_usd numeric(20, 10),
  error_message text,
  feedback text,
  example_id text,
  split text,
  metadata jsonb,
  constraint optimization_samples_pkey primary key (run_id, iteration, sample_index, project_id),
  constraint optimization_samples_iteration_fkey foreign key (run_id, iteration, project_id)
    references public.optimization_iterations (run_id, iteration, project_id) on delete cascade,
  constraint optimization_samples_example_fkey foreign key (project_id, example_hash)
    references public.optimization_examples (project_id, example_hash),
  constraint optimization_samples_index_range check (sample_index >= 0),
  constraint optimization_samples_score_range check (optrail.is_score(score)),
  constraint optimization_samples_scores_form check (scores is null or optrail.are_scores(scores)),
  constraint optimization_samples_latency_range check (latency_ms between 0 and 1e12),
  constraint optimization_samples_tokens_range
    check (prompt_tokens >= 0 and completion_tokens >= 0 and declared_total_tokens >= 0),
  constraint optimization_samples_cost_range check (cost_usd between 0 and 1e9),
  constraint optimization_samples_example_id_length check (char_length(example_id) between 1 and 200),
  constraint optimization_samples_split_length check (char_length(split) between 1 and 200),
  constraint optimization_samples_metadata_object check (jsonb_typeof(metadata) = 'object')
);
create index idx_optimization_samples_example on public.optimization_samples (project_id, example_hash)
  where example_hash is not null;

comment on table public.optimization_samples is 'One example evaluated in one iteration. Its key is (run, iteration, sample_index).';
comment on column public.optimization_samples.run_id is 'The run.';
comment on column public.optimization_samples.score is 'What the metric gave for this example.';
comment on column public.optimization_samples.latency_ms is 'Milliseconds.';
comment on column public.optimization_samples.created_at is 'Database clock.';
comment on column public.optimization_samples.iteration is 'Number of the iteration.';
comment on column public.optimization_samples.sample_index is 'Position in the iteration, from 0.';
comment on column public.optimization_samples.prompt_tokens is 'Tokens sent.';
comment on column public.optimization_samples.completion_tokens is 'Tokens received.';
comment on column public.optimization_samples.declared_total_tokens is 'Tokens in all, where the caller says so.';
comment on column public.optimization_samples.total_tokens is 'Declared, or the sum of what was sent and received.';
comment on column public.optimization_samples.success is 'What the caller says; null where it says nothing.';
comment on column public.optimization_samples.failed is 'success is false, or it is null and there is an error.';
comment on column public.optimization_samples.project_id is 'The project, that of its run.';
comment on column public.optimization_samples.example_hash is 'The example, in optimization_examples.';
comment on column public.optimization_samples.predicted_output is 'What the program answered.';
comment on column public.optimization_samples.scores is 'Further objectives by name.';
comment on column public.optimization_samples.cost_usd is 'US dollars.';
comment on column public.optimization_samples.error_message is 'Why it failed.';
comment on column public.optimization_samples.feedback is 'What the metric said beside its number.';
comment on column public.optimization_samples.example_id is 'The data set''s own id of the example.';
comment on column public.optimization_samples.split is 'Part of the data set: train, validation, test.';
comment on column public.optimization_samples.metadata is 'Whatever else the caller wants kept.';
$part$;

execute $part$ -- 80-analytics.sql
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
$part$;

execute $part$ -- 82-checkpoints.sql
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
$part$;

execute $part$ -- 84-events.sql
-- Events: that something was committed, for whoever watches. Ids only; what it is now is read with the reader's own rights.
-- The transaction is kept and not a number in order, since numbers are given out before the commit: what is new to a reader
-- is what its last snapshot did not see, and however late a transaction commits, nothing slips behind that.

create table optrail.events (
  xid xid8 not null default pg_current_xact_id(),
  id bigint not null generated always as identity,
  project_id text not null,
  run_id uuid not null,
  kind text not null,
  iterations integer[],
  status text,
  created_at timestamptz not null default clock_timestamp(),
  -- The one index that a writer pays for: an hour of events is little to read for one project.
  constraint events_pkey primary key (xid, id),
  constraint events_kind_known
    check (kind in ('run.changed', 'run.status', 'run.deleted', 'iteration.recorded', 'samples.recorded'))
);
comment on table optrail.events is 'What was committed to the trail within the last hour, one row for each run and statement.';
comment on column optrail.events.xid is 'The transaction, which a snapshot sees or does not.';
comment on column optrail.events.id is 'Order within a run: its events are written by who holds its lock.';
comment on column optrail.events.project_id is 'The project. No foreign key: that a run is gone is told after it.';
comment on column optrail.events.run_id is 'The run.';
comment on column optrail.events.kind is 'run.changed, run.status, run.deleted, iteration.recorded or samples.recorded.';
comment on column optrail.events.iterations is 'Numbers of the iterations it happened to; null where there are none, or more than 100.';
comment on column optrail.events.status is 'The status that the run was given; of run.status alone.';
comment on column optrail.events.created_at is 'Database clock, when it was written; it may have been committed later.';

create table optrail.events_pruned (
  only_row boolean not null default true constraint events_pruned_pkey primary key,
  through xid8 not null default '0',
  constraint events_pruned_one_row check (only_row)
);
comment on table optrail.events_pruned is 'How far events are no longer kept.';
comment on column optrail.events_pruned.only_row is 'Always true: the table has one row.';
comment on column optrail.events_pruned.through is 'The highest transaction of which an event was removed: a snapshot that may not have seen it has missed something.';
insert into optrail.events_pruned default values;

create table optrail.event_listeners (
  id uuid constraint event_listeners_pkey primary key,
  expires_at timestamptz not null
);
comment on table optrail.event_listeners is 'Servers that wait for notifications. While there are none, writers send none, since NOTIFY makes commits wait for each other.';
comment on column optrail.event_listeners.id is 'The server, for as long as somebody follows it.';
comment on column optrail.event_listeners.expires_at is 'Database clock; the server moves it on while it lives.';
$part$;

execute $part$ -- 86-triggers.sql
-- Rules that run by themselves. Those that write what callers may not are security definer with an empty search_path.

-- A running run whose heart stopped 45 s ago is stale, whether or not somebody has written that down yet.
create function optrail.run_status(p_status text, p_heartbeat_at timestamptz) returns text
language sql stable parallel safe
return case when p_status = 'running' and p_heartbeat_at < now() - interval '45 seconds' then 'stale' else p_status end;

create function optrail.touch_updated_at() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- The cascade would reach examples before the samples that point at them, and be refused.
create function optrail.before_project_delete() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.optimization_runs where project_id = old.id;
  return old;
end
$$;

-- A member sees its project and passes; a trusted caller creates one that is missing; for anybody else a project that
-- is absent and one that is not theirs are refused alike, with 42501.
create function optrail.before_run_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from public.optimization_projects where id = new.project_id) then
    begin
      insert into public.optimization_projects (id, name) values (new.project_id, new.project_id)
      on conflict on constraint optimization_projects_pkey do nothing;
    exception when insufficient_privilege then
      raise exception using
        errcode = '42501',
        message = format('there is no project %s, or none that you may record in', new.project_id),
        hint = 'An owner of the project can make you an editor of it; a trusted caller creates a project with its first run.';
    end;
  end if;
  if new.heartbeat_at is not null then
    new.heartbeat_at := clock_timestamp();
  end if;
  if new.status = 'running' and new.start_time is null then
    new.start_time := now();
  elsif new.status in ('completed', 'failed', 'cancelled') and new.end_time is null then
    new.end_time := now();
  end if;
  new.best_iteration := new.declared_best_iteration;
  return new;
end
$$;

create function optrail.is_allowed_transition(p_before text, p_after text) returns boolean
language sql immutable parallel safe
return case p_before
  when 'pending' then p_after in ('running', 'failed', 'cancelled')
  when 'running' then p_after in ('completed', 'failed', 'cancelled', 'stale')
  when 'stale' then p_after in ('running', 'completed', 'failed', 'cancelled')
  when 'failed' then p_after = 'running'
  when 'cancelled' then p_after = 'running'
  else false
end;

-- A run that reads as stale though nobody has written that down is resumed by an explicit "running" like one that is
-- stored so. Only a trigger on the column can tell an explicit status from one that was not named.
create function optrail.before_run_resume() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if optrail.run_status(old.status, old.heartbeat_at) = 'stale' and new.heartbeat_at is not distinct from old.heartbeat_at then
    new.attempt := old.attempt + 1;
    new.heartbeat_at := clock_timestamp();
  end if;
  return new;
end
$$;

create function optrail.before_run_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- The refresh alone touches this flag, and what it does is no change to the run.
  if old.analytics_dirty and not new.analytics_dirty then
    return new;
  end if;
  new.updated_at := now();

  if new.heartbeat_at is distinct from old.heartbeat_at then
    new.heartbeat_at := clock_timestamp();
    if old.status = 'stale' and new.status = 'stale' then
      new.status := 'running';
    end if;
  end if;

  if new.status <> old.status then
    if not optrail.is_allowed_transition(old.status, new.status) then
      raise exception using
        errcode = 'OT001',
        message = format('run %s is %s and cannot become %s', old.id, old.status, new.status),
        hint = case old.status
          when 'completed' then 'completed is final; record another run.'
          when 'pending' then 'A pending run first becomes running.'
          else format('From %s a run can go on only to running.', old.status)
        end;
    end if;
    if new.status = 'running' then
      if old.status in ('failed', 'cancelled')
        or (old.status = 'stale' and new.heartbeat_at is not distinct from old.heartbeat_at) then
        new.attempt := old.attempt + 1;
        if new.error_message is not distinct from old.error_message then
          new.error_message := null;
          new.error_stack := null;
        end if;
      end if;
      if new.end_time is not distinct from old.end_time then
        new.end_time := null;
      end if;
      if new.heartbeat_at is not null then
        new.heartbeat_at := clock_timestamp();
      end if;
      new.start_time := coalesce(new.start_time, now());
    elsif new.status <> 'stale' then
      new.end_time := coalesce(new.end_time, now());
    end if;
  end if;

  if new.declared_best_iteration is distinct from old.declared_best_iteration or new.direction <> old.direction then
    if new.declared_best_iteration is null then
      select best.iteration, best.score into new.best_iteration, new.best_score
      from optrail.find_best(new.id, new.project_id, new.direction) as best;
    else
      new.best_iteration := new.declared_best_iteration;
      new.best_score := (
        select score from public.optimization_iterations
        where run_id = new.id and project_id = new.project_id and iteration = new.declared_best_iteration);
    end if;
  end if;

  if not old.analytics_dirty then
    new.analytics_dirty := true;
    insert into optrail.analytics_dirty values (
      old.id, old.project_id, true, old.optimizer_type, old.metric, old.status, old.final_score, old.improvement,
      old.duration_ms, old.samples_evaluated, old.total_tokens, old.total_cost_usd, old.created_at)
    on conflict do nothing;
  end if;
  return new;
end
$$;

create function optrail.after_run_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into optrail.analytics_dirty (run_id, project_id, counted)
  select id, project_id, false from new_rows order by id, project_id
  on conflict do nothing;
  insert into optrail.events (project_id, run_id, kind, status) select project_id, id, 'run.status', status from new_rows;
  return null;
end
$$;

create function optrail.after_run_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status <> old.status then
    insert into optrail.events (project_id, run_id, kind, status) values (new.project_id, new.id, 'run.status', new.status);
  else
    insert into optrail.events (project_id, run_id, kind) values (new.project_id, new.id, 'run.changed');
  end if;
  return null;
end
$$;

create function optrail.after_run_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into optrail.analytics_dirty
  select id, project_id, true, optimizer_type, metric, status, final_score, improvement, duration_ms,
    samples_evaluated, total_tokens, total_cost_usd, created_at
  from old_rows where not analytics_dirty order by id, project_id
  on conflict do nothing;
  insert into optrail.events (project_id, run_id, kind) select project_id, id, 'run.deleted' from old_rows;
  return null;
end
$$;

-- The one definition of "best": completed full evaluations that were not rejected, the earlier of equals.
create function optrail.can_be_best(p_status text, p_eval_kind text, p_decision text, p_score double precision) returns boolean
language sql immutable parallel safe
return p_status = 'completed' and p_eval_kind = 'full' and p_decision is distinct from 'rejected' and p_score is not null;

create function optrail.find_best(p_run_id uuid, p_project_id text, p_direction text)
returns table (iteration integer, score double precision)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select i.iteration, i.score
  from public.optimization_iterations as i
  where i.run_id = p_run_id and i.project_id = p_project_id
    and optrail.can_be_best(i.status, i.eval_kind, i.decision, i.score)
  order by i.score * case p_direction when 'minimize' then -1 else 1 end desc, i.iteration
  limit 1
$$;

-- What one row was (sign -1) or is (sign 1) to the counts of its run.
create type optrail.iteration_change as (
  sign integer, run_id uuid, project_id text, iteration integer, tokens bigint, cost_usd numeric, is_baseline boolean,
  can_be_best boolean, score double precision);

-- Whoever is told of a hundred iterations reads them all.
create function optrail.ids_if_few(p_iterations integer[]) returns integer[]
language sql immutable parallel safe
return case when cardinality(p_iterations) between 1 and 100 then p_iterations end;

-- Counts what a statement did to the iterations of runs and moves their best on, at a cost that follows the statement and
-- not the run. A run is locked in a statement of its own, so that what is read next is what the last writer left; FOR NO
-- KEY UPDATE, since FOR UPDATE would deadlock with the lock that a foreign key takes; in the order of ids, so that two
-- statements over the same runs never wait for each other.
create function optrail.count_iterations(p_changes optrail.iteration_change[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_change record;
  v_run record;
  v_best record;
  v_sign integer;
begin
  for v_change in
    select c.run_id, c.project_id, sum(c.sign)::integer as rows,
      coalesce(sum(c.sign * c.tokens), 0)::bigint as tokens,
      coalesce(sum(c.sign * c.cost_usd), 0) as cost,
      array_agg(c) as changes,
      array_agg(c.iteration) filter (where c.sign = -1) as left_or_changed,
      array_agg(c.iteration) as touched,
      array_agg(distinct c.iteration) filter (where c.sign = 1) as recorded,
      bool_or(c.is_baseline) as baseline_touched
    from unnest(p_changes) as c
    group by c.run_id, c.project_id order by c.run_id, c.project_id
  loop
    select r.direction, r.declared_best_iteration, r.best_iteration, r.best_score, r.recorded_baseline_score into v_run
    from public.optimization_runs as r
    where r.id = v_change.run_id and r.project_id = v_change.project_id
    for no key update;
    continue when not found; -- the run itself is being deleted

    v_sign := case v_run.direction when 'minimize' then -1 else 1 end;
    select c.iteration, c.score into v_best
    from unnest(v_change.changes) as c
    where c.sign = 1 and c.can_be_best
    order by c.score * v_sign desc, c.iteration
    limit 1;

    if v_run.declared_best_iteration is not null then
      v_best.iteration := v_run.declared_best_iteration;
      v_best.score := v_run.best_score;
      if v_run.declared_best_iteration = any (v_change.touched) then
        v_best.score := (
          select i.score from public.optimization_iterations as i
          where i.run_id = v_change.run_id and i.project_id = v_change.project_id
            and i.iteration = v_run.declared_best_iteration);
      end if;
    elsif v_best.score * v_sign > v_run.best_score * v_sign
      or (v_best.score = v_run.best_score and v_best.iteration <= v_run.best_iteration)
      or (v_best.score is not null and v_run.best_score is null) then
      null; -- at least as good as the best so far
    elsif v_run.best_iteration = any (v_change.left_or_changed) then
      -- The best itself got worse, was rejected or went: only now are the others looked at.
      select best.iteration, best.score into v_best
      from optrail.find_best(v_change.run_id, v_change.project_id, v_run.direction) as best;
    else
      v_best.iteration := v_run.best_iteration;
      v_best.score := v_run.best_score;
    end if;

    if v_change.baseline_touched then
      v_run.recorded_baseline_score := (
        select i.score from public.optimization_iterations as i
        where i.run_id = v_change.run_id and i.project_id = v_change.project_id
          and i.is_baseline and i.status = 'completed' and i.score is not null
        order by i.iteration limit 1);
    end if;

    update public.optimization_runs as r
    set recorded_iterations = r.recorded_iterations + v_change.rows,
      recorded_iteration_tokens = r.recorded_iteration_tokens + v_change.tokens,
      recorded_iteration_cost_usd = r.recorded_iteration_cost_usd + v_change.cost,
      best_iteration = v_best.iteration,
      best_score = v_best.score,
      recorded_baseline_score = v_run.recorded_baseline_score
    where r.id = v_change.run_id and r.project_id = v_change.project_id
      and (v_change.rows, v_change.tokens, v_change.cost, v_best.iteration, v_best.score, v_run.recorded_baseline_score)
        is distinct from (0, 0, 0, r.best_iteration, r.best_score, r.recorded_baseline_score);

    insert into optrail.events (project_id, run_id, kind, iterations)
    values (
      v_change.project_id, v_change.run_id,
      case when v_change.recorded is null then 'run.changed' else 'iteration.recorded' end, optrail.ids_if_few(v_change.recorded));
  end loop;
end
$$;

create function optrail.after_iterations_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_iterations(array(
    select row(1, n.run_id, n.project_id, n.iteration, n.total_tokens,
      n.cost_usd, n.is_baseline, optrail.can_be_best(n.status, n.eval_kind, n.decision, n.score), n.score
    )::optrail.iteration_change from new_rows as n));
  return null;
end
$$;

create function optrail.after_iterations_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_iterations(array(
    select row(-1, o.run_id, o.project_id, o.iteration, o.total_tokens,
      o.cost_usd, o.is_baseline, optrail.can_be_best(o.status, o.eval_kind, o.decision, o.score), o.score
    )::optrail.iteration_change from old_rows as o
    union all
    select row(1, n.run_id, n.project_id, n.iteration, n.total_tokens,
      n.cost_usd, n.is_baseline, optrail.can_be_best(n.status, n.eval_kind, n.decision, n.score), n.score
    )::optrail.iteration_change from new_rows as n));
  return null;
end
$$;

create function optrail.after_iterations_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_iterations(array(
    select row(-1, o.run_id, o.project_id, o.iteration, o.total_tokens,
      o.cost_usd, o.is_baseline, optrail.can_be_best(o.status, o.eval_kind, o.decision, o.score), o.score
    )::optrail.iteration_change from old_rows as o));
  return null;
end
$$;

-- Whole numbers, since sums of doubles drift and sums of numerics are slow.
create function optrail.microseconds(p_milliseconds double precision) returns bigint
language sql immutable parallel safe
return round(p_milliseconds * 1000)::bigint;

-- Samples come by the thousand: what a statement did to a run is summed before it is handed over.
create function optrail.count_samples(
  p_run_id uuid, p_project_id text, p_rows bigint, p_failed bigint, p_tokens numeric, p_cost numeric, p_latencies bigint,
  p_latency_us numeric, p_iterations integer[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.optimization_runs as r where r.id = p_run_id and r.project_id = p_project_id for no key update;
  if not found then
    return; -- the run itself is being deleted
  end if;
  if (p_rows, p_failed, p_tokens, p_cost, p_latencies, p_latency_us) <> (0, 0, 0, 0, 0, 0) then
    update public.optimization_runs as r
    set recorded_samples = r.recorded_samples + p_rows,
      recorded_failed_samples = r.recorded_failed_samples + p_failed,
      recorded_sample_tokens = r.recorded_sample_tokens + p_tokens,
      recorded_sample_cost_usd = r.recorded_sample_cost_usd + p_cost,
      recorded_latency_count = r.recorded_latency_count + p_latencies,
      recorded_latency_sum_ms = r.recorded_latency_sum_ms + p_latency_us / 1000
    where r.id = p_run_id and r.project_id = p_project_id;
  end if;
  insert into optrail.events (project_id, run_id, kind, iterations)
  values (p_project_id, p_run_id, 'samples.recorded', optrail.ids_if_few(p_iterations));
end
$$;

create function optrail.after_samples_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_samples(c.run_id, c.project_id, c.rows, c.failed, c.tokens, c.cost, c.latencies, c.latency_us, c.iterations)
  from (
    select n.run_id, n.project_id, count(*) as rows, count(*) filter (where n.failed) as failed,
      coalesce(sum(n.total_tokens), 0) as tokens, coalesce(sum(n.cost_usd), 0) as cost, count(n.latency_ms) as latencies,
      coalesce(sum(optrail.microseconds(n.latency_ms)), 0) as latency_us, array_agg(distinct n.iteration) as iterations
    from new_rows as n group by n.run_id, n.project_id order by n.run_id, n.project_id
  ) as c;
  return null;
end
$$;

create function optrail.after_samples_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_samples(c.run_id, c.project_id, c.rows, c.failed, c.tokens, c.cost, c.latencies, c.latency_us, c.iterations)
  from (
    select s.run_id, s.project_id, sum(s.sign) as rows, coalesce(sum(s.sign) filter (where s.failed), 0) as failed,
      coalesce(sum(s.sign * s.total_tokens), 0) as tokens, coalesce(sum(s.sign * s.cost_usd), 0) as cost,
      coalesce(sum(s.sign) filter (where s.latency_ms is not null), 0) as latencies,
      coalesce(sum(s.sign * optrail.microseconds(s.latency_ms)), 0) as latency_us, array_agg(distinct s.iteration) as iterations
    from (
      select -1 as sign, o.run_id, o.project_id, o.iteration, o.failed, o.total_tokens, o.cost_usd, o.latency_ms from old_rows as o
      union all
      select 1, n.run_id, n.project_id, n.iteration, n.failed, n.total_tokens, n.cost_usd, n.latency_ms from new_rows as n
    ) as s
    group by s.run_id, s.project_id order by s.run_id, s.project_id
  ) as c;
  return null;
end
$$;

create function optrail.after_samples_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.count_samples(
    c.run_id, c.project_id, -c.rows, -c.failed, -c.tokens, -c.cost, -c.latencies, -c.latency_us, c.iterations)
  from (
    select o.run_id, o.project_id, count(*) as rows, count(*) filter (where o.failed) as failed,
      coalesce(sum(o.total_tokens), 0) as tokens, coalesce(sum(o.cost_usd), 0) as cost, count(o.latency_ms) as latencies,
      coalesce(sum(optrail.microseconds(o.latency_ms)), 0) as latency_us, array_agg(distinct o.iteration) as iterations
    from old_rows as o group by o.run_id, o.project_id order by o.run_id, o.project_id
  ) as c;
  return null;
end
$$;

-- A transaction notifies once, however much it wrote, and without content: LISTEN has no row-level security.
create function optrail.after_events_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from optrail.event_listeners as l where l.expires_at > now()) then
    perform pg_notify('optrail_events', '');
  end if;
  return null;
end
$$;

-- Only what every reader's next snapshot has seen or missed for good: nothing at or above a transaction that still runs. What
-- lies ahead of this server's transactions came with a restore, and is nothing that anybody here waits for.
create function optrail.prune_events() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_snapshot constant pg_snapshot := pg_current_snapshot();
  v_kept xid8;
begin
  delete from optrail.events as e where e.xid >= pg_snapshot_xmax(v_snapshot);
  v_kept := least(
    pg_snapshot_xmin(v_snapshot),
    greatest(
      coalesce(
        (select e.xid from optrail.events as e where e.created_at >= now() - interval '1 hour' order by e.xid limit 1),
        pg_snapshot_xmin(v_snapshot)),
      (select e.xid from optrail.events as e order by e.xid desc offset 100000 limit 1)));
  with removed as (
    delete from optrail.events as e
    using (select old.xid, old.id from optrail.events as old where old.xid < v_kept order by old.xid, old.id limit 50000) as old
    where e.xid = old.xid and e.id = old.id
    returning e.xid
  ), last as (
    select r.xid from removed as r order by r.xid desc limit 1
  )
  update optrail.events_pruned as p
  set through = case when p.through < pg_snapshot_xmax(v_snapshot) then greatest(p.through, last.xid) else last.xid end
  from last;
end
$$;

-- A restore brings hash and size along; whatever they say, they are made anew.
create function optrail.before_checkpoint_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.state_hash := sha256(convert_to(new.state, 'UTF8'));
  new.state_bytes := octet_length(new.state);
  return new;
end
$$;

-- Optimizers write a state each round, and go on from the last; the one before it may be wanted where that was a bad idea.
create function optrail.after_checkpoint_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.optimization_checkpoints as c
  where c.run_id = new.run_id and c.project_id = new.project_id and c.id < (
    select kept.id from public.optimization_checkpoints as kept
    where kept.run_id = new.run_id and kept.project_id = new.project_id
    order by kept.id desc offset 2 limit 1);
  return null;
end
$$;

-- Whatever is written, a key ends now, and stays ended: no owner gives back by accident what another took away.
create function optrail.before_key_revoke() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.revoked_at := coalesce(old.revoked_at, clock_timestamp());
  return new;
end
$$;

create trigger touch_updated_at before update on public.optimization_projects
  for each row execute function optrail.touch_updated_at();
create trigger before_delete before delete on public.optimization_projects
  for each row execute function optrail.before_project_delete();
create trigger before_revoke before update of revoked_at on optrail.api_keys
  for each row execute function optrail.before_key_revoke();
create trigger before_insert before insert on public.optimization_runs
  for each row execute function optrail.before_run_insert();
create trigger before_resume before update of status on public.optimization_runs
  for each row when (old.status = 'running' and new.status = 'running') execute function optrail.before_run_resume();
create trigger before_update before update on public.optimization_runs
  for each row execute function optrail.before_run_update();
create trigger after_insert after insert on public.optimization_runs
  referencing new table as new_rows for each statement execute function optrail.after_run_insert();
-- What counts itself (recorded_*, best_*) and signs of life alone name none of these columns, and cost nothing here.
create trigger after_change after update of run_name, status, tags, notes, metadata, eval_set_hash, start_time, end_time, error_message,
  error_stack, declared_initial_score, declared_final_score, declared_best_iteration, declared_iterations,
  declared_samples_evaluated, declared_successful_samples, declared_failed_samples, declared_total_tokens,
  declared_total_cost_usd, declared_avg_latency_ms, declared_duration_ms
  on public.optimization_runs
  for each row when (old.status = new.status) execute function optrail.after_run_update();
create trigger after_status after update on public.optimization_runs
  for each row when (old.status <> new.status) execute function optrail.after_run_update();
create trigger after_delete after delete on public.optimization_runs
  referencing old table as old_rows for each statement execute function optrail.after_run_delete();
create trigger touch_updated_at before update on public.optimization_iterations
  for each row execute function optrail.touch_updated_at();
create trigger after_insert after insert on public.optimization_iterations
  referencing new table as new_rows for each statement execute function optrail.after_iterations_insert();
create trigger after_update after update on public.optimization_iterations
  referencing old table as old_rows new table as new_rows for each statement execute function optrail.after_iterations_update();
create trigger after_delete after delete on public.optimization_iterations
  referencing old table as old_rows for each statement execute function optrail.after_iterations_delete();
create trigger before_insert before insert on public.optimization_checkpoints
  for each row execute function optrail.before_checkpoint_insert();
create trigger after_insert after insert on public.optimization_checkpoints
  for each row execute function optrail.after_checkpoint_insert();
create trigger after_insert after insert on public.optimization_samples
  referencing new table as new_rows for each statement execute function optrail.after_samples_insert();
create trigger after_update after update on public.optimization_samples
  referencing old table as old_rows new table as new_rows for each statement execute function optrail.after_samples_update();
create trigger after_delete after delete on public.optimization_samples
  referencing old table as old_rows for each statement execute function optrail.after_samples_delete();
create trigger after_insert after insert on optrail.events
  for each statement execute function optrail.after_events_insert();
$part$;

execute $part$ -- 90-functions.sql
-- What callers call. Invoker's rights throughout: row-level security decides what each sees.

-- The project of a run that is named by its id alone. An id that several visible projects hold is nobody's.
create function optrail.resolve_run(p_run_id uuid, p_project_id text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_projects text[];
begin
  if p_project_id is not null then
    return p_project_id;
  end if;
  v_projects := array(select r.project_id from public.optimization_runs as r where r.id = p_run_id limit 2);
  if cardinality(v_projects) > 1 then
    raise exception using
      errcode = 'OT003',
      message = format('the run id %s exists in several projects', p_run_id),
      hint = 'Name the project too (projectId).';
  end if;
  return v_projects[1];
end
$$;

-- Recording locks its runs before it touches anything below them: runs, then contents, iterations, samples, each in the
-- order of their keys, so that recordings wait for each other and never in a circle.
create function optrail.lock_runs(p_run_ids uuid[], p_project_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked uuid[];
  v_missing uuid;
begin
  v_locked := array(
    select r.id from public.optimization_runs as r
    where r.id = any (p_run_ids) and r.project_id = p_project_id
    order by r.id for no key update);
  select wanted.id into v_missing from unnest(p_run_ids) as wanted(id) where wanted.id <> all (v_locked) or p_project_id is null limit 1;
  if not found then
    return;
  end if;
  -- A viewer sees the run and cannot lock it.
  if exists (select from public.optimization_runs as r where r.id = v_missing and r.project_id = p_project_id) then
    raise exception using
      errcode = '42501',
      message = format('your role in the project does not allow recording into run %s', v_missing),
      hint = 'Ask an owner of the project for the role editor.';
  end if;
  raise exception using errcode = 'OT004', message = format('there is no run %s', v_missing);
end
$$;

create function optrail.check_content(p_hashes text[], p_contents text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_hash text;
begin
  if cardinality(p_hashes) is distinct from cardinality(p_contents) then
    raise exception using errcode = 'OT002', message = 'there must be as many hashes as contents';
  end if;
  select c.hash into v_hash
  from unnest(p_hashes, p_contents) as c(hash, content)
  where c.hash is distinct from encode(sha256(convert_to(c.content, 'UTF8')), 'hex')
  limit 1;
  if found then
    raise exception using
      errcode = 'OT002',
      message = format('%s is not the SHA-256 of its content', coalesce(v_hash, 'null')),
      hint = 'Give the SHA-256 of the text in UTF-8, in lower-case hexadecimal.';
  end if;
end
$$;

create function public.record_optimization_iteration(
  p_iteration jsonb, p_program_hash text default null, p_program text default null)
returns setof public.optimization_iterations
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v record;
  v_project_id text;
  v_row public.optimization_iterations;
begin
  select * into v from jsonb_to_record(p_iteration) as i(
    id uuid, run_id uuid, project_id text, iteration integer, status text, eval_kind text, score double precision,
    scores jsonb, params jsonb, decision text, decision_reason text, parent_iterations integer[], is_baseline boolean,
    start_time timestamptz, end_time timestamptz, duration_ms double precision, prompt_tokens bigint,
    completion_tokens bigint, total_tokens bigint, cost_usd numeric, error_message text, metadata jsonb);
  v_project_id := optrail.resolve_run(v.run_id, v.project_id);
  perform optrail.lock_runs(array[v.run_id], v_project_id);

  select * into v_row from public.optimization_iterations as i
  where i.id = v.id and i.project_id = v_project_id and not i.is_placeholder;
  if found then
    return next v_row;
    return;
  end if;

  if p_program is not null then
    perform optrail.check_content(array[p_program_hash], array[p_program]);
    insert into public.optimization_programs (project_id, program_hash, program, program_text)
    values (v_project_id, decode(p_program_hash, 'hex'), p_program::jsonb, p_program)
    on conflict do nothing;
  end if;

  insert into public.optimization_iterations (
    id, run_id, project_id, iteration, status, eval_kind, score, scores, params, program_hash, decision, decision_reason,
    parent_iterations, is_baseline, start_time, end_time, declared_duration_ms, prompt_tokens, completion_tokens,
    declared_total_tokens, cost_usd, error_message, metadata)
  values (
    coalesce(v.id, optrail.uuid_v7()), v.run_id, v_project_id, v.iteration, coalesce(v.status, 'completed'),
    coalesce(v.eval_kind, 'full'), v.score, v.scores, coalesce(v.params, '{}'), decode(p_program_hash, 'hex'), v.decision,
    v.decision_reason, coalesce(v.parent_iterations, '{}'), coalesce(v.is_baseline, false), v.start_time, v.end_time,
    v.duration_ms, v.prompt_tokens, v.completion_tokens, v.total_tokens, v.cost_usd, v.error_message,
    coalesce(v.metadata, '{}'))
  on conflict do nothing
  returning * into v_row;

  if v_row.id is null then
    update public.optimization_iterations as i
    set id = coalesce(v.id, i.id), is_placeholder = false, status = coalesce(v.status, 'completed'),
      eval_kind = coalesce(v.eval_kind, 'full'), score = v.score, scores = v.scores, params = coalesce(v.params, '{}'),
      program_hash = decode(p_program_hash, 'hex'), decision = v.decision, decision_reason = v.decision_reason,
      parent_iterations = coalesce(v.parent_iterations, '{}'), is_baseline = coalesce(v.is_baseline, false),
      start_time = v.start_time, end_time = v.end_time, declared_duration_ms = v.duration_ms,
      prompt_tokens = v.prompt_tokens, completion_tokens = v.completion_tokens, declared_total_tokens = v.total_tokens,
      cost_usd = v.cost_usd, error_message = v.error_message, metadata = coalesce(v.metadata, '{}')
    where i.run_id = v.run_id and i.project_id = v_project_id and i.iteration = v.iteration and i.is_placeholder
    returning * into v_row;
  end if;

  if v_row.id is null then
    raise exception using
      errcode = 'OT005',
      message = format('iteration %s of run %s is recorded already, under another id', v.iteration, v.run_id),
      hint = 'Change it with updateOptimizationIteration, or record under the next number.';
  end if;
  return next v_row;
end
$$;
comment on function public.record_optimization_iteration is
  'Records an iteration given as JSON with this table''s column names. The same id again returns the stored row unchanged; a placeholder is filled in.';

-- A column of samples is an array, which is read in less than half the time that objects take; a column nobody gave is null.
-- JSON columns are JSON arrays, so that their texts need no second quoting.
create function optrail.record_samples(
  p_project_id text, p_run_ids uuid[], p_iterations integer[], p_iteration_ids uuid[], p_sample_indexes integer[],
  p_predicted_outputs jsonb, p_scores double precision[], p_score_sets jsonb, p_success boolean[],
  p_latencies double precision[], p_prompt_tokens integer[], p_completion_tokens integer[], p_total_tokens integer[],
  p_costs numeric[], p_error_messages text[], p_feedback text[], p_example_ids text[], p_splits text[], p_metadata jsonb,
  p_hashes text[], p_example_hashes text[], p_example_contents text[])
returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_ids uuid[];
  v_iterations integer[];
  v_iteration_ids uuid[];
  v_other record;
  v_is_again boolean;
  v_stored bigint;
begin
  -- A batch names few iterations; the checks below ask for each of them once, in subqueries that can't become joins: under a plan for
  -- any arrays whatever, a join may read a table of everybody's history from end to end.
  select array_agg(s.run_id), array_agg(s.iteration), array_agg(s.iteration_id)
  into v_run_ids, v_iterations, v_iteration_ids
  from (
    select distinct u.run_id, u.iteration, u.iteration_id
    from unnest(p_run_ids, p_iterations, p_iteration_ids) as u(run_id, iteration, iteration_id)
  ) as s;
  perform optrail.lock_runs(array(select distinct r.id from unnest(v_run_ids) as r(id)), p_project_id);

  if cardinality(p_example_hashes) > 0 or cardinality(p_example_contents) > 0 then
    perform optrail.check_content(p_example_hashes, p_example_contents);
    insert into public.optimization_examples (project_id, example_hash, input, expected_output)
    select p_project_id, decode(e.hash, 'hex'), e.content::jsonb -> 'input', e.content::jsonb -> 'expectedOutput'
    from unnest(p_example_hashes, p_example_contents) as e(hash, content)
    order by decode(e.hash, 'hex')
    on conflict do nothing;
  end if;

  insert into public.optimization_iterations (id, run_id, project_id, iteration, status, is_placeholder)
  select coalesce(min(s.iteration_id::text)::uuid, optrail.uuid_v7()), s.run_id, p_project_id, s.iteration, 'running', true
  from unnest(v_run_ids, v_iterations, v_iteration_ids) as s(run_id, iteration, iteration_id)
  where (
    select true from public.optimization_iterations as i
    where i.run_id = s.run_id and i.project_id = p_project_id and i.iteration = s.iteration) is null
  group by s.run_id, s.iteration
  order by s.run_id, s.iteration
  on conflict do nothing;

  select s.run_id, s.iteration into v_other
  from unnest(v_run_ids, v_iterations, v_iteration_ids) as s(run_id, iteration, iteration_id)
  left join lateral (
    select known.id, known.is_placeholder from public.optimization_iterations as known
    where known.run_id = s.run_id and known.project_id = p_project_id and known.iteration = s.iteration
    offset 0) as i on true
  where s.iteration_id is not null and (i.id is null or (i.id <> s.iteration_id and not i.is_placeholder))
  limit 1;
  if found then
    raise exception using
      errcode = 'OT005',
      message = format('iteration %s of run %s has another id than the samples say', v_other.iteration, v_other.run_id),
      hint = 'Leave iterationId out, or give the id of the iteration with that number.';
  end if;

  v_is_again := exists (
    select from unnest(v_run_ids, v_iterations) as s(run_id, iteration)
    where (
      select true from public.optimization_samples as known
      where known.run_id = s.run_id and known.iteration = s.iteration and known.project_id = p_project_id
      limit 1));

  -- Without ON CONFLICT, whose speculative insertion costs a tenth of all: the run is locked, so that what is not there now comes
  -- from nobody else but an INSERT that bypassed this function.
  begin
    insert into public.optimization_samples (
      run_id, project_id, iteration, sample_index, example_hash, predicted_output, score, scores, success, latency_ms,
      prompt_tokens, completion_tokens, declared_total_tokens, cost_usd, error_message, feedback, example_id, split,
      metadata)
    select distinct on (s.run_id, s.iteration, s.sample_index)
      s.run_id, p_project_id, s.iteration, s.sample_index, decode(s.example_hash, 'hex'), nullif(s.predicted_output, 'null'),
      s.score, nullif(s.scores, 'null'), s.success, s.latency_ms, s.prompt_tokens, s.completion_tokens, s.total_tokens,
      s.cost_usd, s.error_message, s.feedback, s.example_id, s.split, nullif(s.metadata, 'null')
    from rows from (
      unnest(
        p_run_ids, p_iterations, p_sample_indexes, p_hashes, p_scores, p_success, p_latencies, p_prompt_tokens,
        p_completion_tokens, p_total_tokens, p_costs, p_error_messages, p_feedback, p_example_ids, p_splits),
      jsonb_array_elements(p_predicted_outputs), jsonb_array_elements(p_score_sets), jsonb_array_elements(p_metadata)
    ) with ordinality as s(
      run_id, iteration, sample_index, example_hash, score, success, latency_ms, prompt_tokens,
      completion_tokens, total_tokens, cost_usd, error_message, feedback, example_id, split,
      predicted_output, scores, metadata, place)
    where not v_is_again or (
      select true from public.optimization_samples as known
      where known.run_id = s.run_id and known.iteration = s.iteration and known.sample_index = s.sample_index
        and known.project_id = p_project_id) is null
    order by s.run_id, s.iteration, s.sample_index, s.place;
    get diagnostics v_stored = row_count;
  exception when unique_violation then
    raise exception using errcode = '40001', message = sqlerrm, hint = 'Send the samples again: those that exist now are left as they are.';
  end;
  return v_stored;
end
$$;

create function public.record_optimization_samples(
  p_project_id text, p_samples jsonb, p_example_hashes text[] default '{}', p_example_contents text[] default '{}')
returns table (stored bigint, existing bigint)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  select
    optrail.record_samples(
      p_project_id, array_agg(s.run_id), array_agg(s.iteration), array_agg(s.iteration_id), array_agg(s.sample_index),
      jsonb_agg(s.predicted_output), array_agg(s.score), jsonb_agg(s.scores), array_agg(s.success),
      array_agg(s.latency_ms), array_agg(s.prompt_tokens), array_agg(s.completion_tokens), array_agg(s.total_tokens),
      array_agg(s.cost_usd), array_agg(s.error_message), array_agg(s.feedback), array_agg(s.example_id), array_agg(s.split),
      jsonb_agg(s.metadata), array_agg(s.example_hash), p_example_hashes, p_example_contents),
    jsonb_array_length(p_samples)
  into stored, existing
  from jsonb_to_recordset(p_samples) as s(
    run_id uuid, iteration integer, iteration_id uuid, sample_index integer, example_hash text, predicted_output jsonb,
    score double precision, scores jsonb, success boolean, latency_ms double precision, prompt_tokens integer,
    completion_tokens integer, total_tokens integer, cost_usd numeric, error_message text, feedback text,
    example_id text, split text, metadata jsonb);
  existing := existing - stored;
  return next;
end
$$;
comment on function public.record_optimization_samples is
  'Records samples of one project, given as a JSON array with this table''s column names and hashes in hexadecimal; contents are examples not sent before. Samples that exist stay as they are; missing iterations are made as placeholders.';

create function public.get_optimization_run_summary(p_run_id uuid, p_project_id text default null)
returns table (
  run_id uuid, project_id text, run_name text, optimizer_type text, status text, metric text, model text,
  initial_score double precision, final_score double precision, best_score double precision, best_iteration integer,
  best_declared boolean, improvement double precision, improvement_pct double precision, iterations integer,
  full_evaluations bigint, minibatch_evaluations bigint, accepted_candidates bigint, rejected_candidates bigint,
  failed_iterations bigint, samples_evaluated integer, successful_samples integer, failed_samples integer,
  success_rate double precision, total_tokens bigint, total_cost_usd numeric, avg_latency_ms double precision,
  duration_ms double precision, best_params jsonb, best_program jsonb, created_at timestamptz, start_time timestamptz,
  end_time timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_project_id text := optrail.resolve_run(p_run_id, p_project_id);
begin
  return query
  select r.id, r.project_id, r.run_name, r.optimizer_type, optrail.run_status(r.status, r.heartbeat_at), r.metric, r.model,
    r.initial_score, r.final_score, r.best_score, r.best_iteration, r.declared_best_iteration is not null,
    r.improvement, r.improvement_pct, r.iterations,
    i.full_evaluations, i.minibatch_evaluations, i.accepted, i.rejected, i.failed,
    r.samples_evaluated, r.successful_samples, r.failed_samples,
    r.successful_samples::double precision / nullif(r.successful_samples + r.failed_samples, 0),
    r.total_tokens, r.total_cost_usd, r.avg_latency_ms, r.duration_ms,
    best.params, program.program, r.created_at, r.start_time, r.end_time
  from public.optimization_runs as r
  cross join lateral (
    select
      count(*) filter (where it.eval_kind = 'full') as full_evaluations,
      count(*) filter (where it.eval_kind = 'minibatch') as minibatch_evaluations,
      count(*) filter (where it.decision = 'accepted') as accepted,
      count(*) filter (where it.decision = 'rejected') as rejected,
      count(*) filter (where it.status = 'failed') as failed
    from public.optimization_iterations as it
    where it.run_id = r.id and it.project_id = r.project_id
  ) as i
  left join public.optimization_iterations as best
    on best.run_id = r.id and best.project_id = r.project_id and best.iteration = r.best_iteration
  left join public.optimization_programs as program
    on program.project_id = best.project_id and program.program_hash = best.program_hash
  where r.id = p_run_id and r.project_id = v_project_id;
end
$$;
comment on function public.get_optimization_run_summary is 'What a run came to, with its winner. No row where there is no such run, or none the caller may see.';

create function public.get_top_runs_by_score(
  p_project_id text, p_limit integer default 10, p_metric text default null, p_eval_set text default null)
returns table (
  run_id uuid, run_name text, optimizer_type text, metric text, eval_set_hash text, initial_score double precision,
  final_score double precision, improvement double precision, iterations integer, total_cost_usd numeric,
  created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
  if p_limit is null or p_limit < 1 or p_limit > 1000 then
    raise exception using errcode = '22023', message = 'p_limit must be from 1 to 1000';
  end if;
  -- Two statements, so that each has the index made for it: one for both would walk the project's ranking until it meets enough
  -- runs of a rare metric. The first is planned once, since planning takes longer than reading; the second by EXECUTE each time, for
  -- a plan for any metric would walk as well.
  if p_metric is null then
    return query
    select r.id, r.run_name, r.optimizer_type, r.metric, r.eval_set_hash, r.initial_score, r.final_score, r.improvement,
      r.iterations, r.total_cost_usd, r.created_at
    from public.optimization_runs as r
    where r.project_id = p_project_id and r.status = 'completed' and r.rank_score is not null
      and (p_eval_set is null or r.eval_set_hash = p_eval_set)
    order by r.rank_score desc, r.created_at, r.id
    limit p_limit;
  else
    return query execute
    'select r.id, r.run_name, r.optimizer_type, r.metric, r.eval_set_hash, r.initial_score, r.final_score, r.improvement,
      r.iterations, r.total_cost_usd, r.created_at
    from public.optimization_runs as r
    where r.project_id = $1 and r.metric = $2 and r.status = ''completed'' and r.rank_score is not null
      and ($3 is null or r.eval_set_hash = $3)
    order by r.rank_score desc, r.created_at, r.id
    limit $4' using p_project_id, p_metric, p_eval_set, p_limit;
  end if;
end
$$;
comment on function public.get_top_runs_by_score is
  'Completed runs by final_score / score_max (negated for minimize), the earlier of equals first. Compare only rows of one metric and one evaluation set.';
$part$;

execute $part$ -- 95-access.sql
-- Who may see what. Membership is asked in one place, once a statement: project_id = any(array(select ...)).

create function optrail.role_rank(p_role text) returns integer
language sql immutable parallel safe
return case p_role when 'viewer' then 1 when 'editor' then 2 when 'owner' then 3 end;

create function optrail.is_active_key(p_revoked_at timestamptz, p_expires_at timestamptz) returns boolean
language sql stable parallel safe
return p_revoked_at is null and (p_expires_at is null or p_expires_at > now());

-- The text comes from a token, and need be no UUID.
create function optrail.is_live_key(p_key_id text, p_project_id text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from optrail.api_keys as k
    where k.project_id = p_project_id and optrail.is_active_key(k.revoked_at, k.expires_at)
      and k.id = case when p_key_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_key_id::uuid end);
end
$$;

create function optrail.accessible_projects(p_role text default 'viewer') returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select m.project_id
  from public.optimization_project_members as m
  where m.user_id = optrail.claims() ->> 'sub' and optrail.role_rank(m.role) >= optrail.role_rank(p_role)
  union all
  select k.project_id
  from jsonb_each_text(
    case jsonb_typeof(optrail.claims() -> 'optrail_projects')
      when 'object' then optrail.claims() -> 'optrail_projects' else '{}' end) as k(project_id, role)
  where optrail.role_rank(k.role) >= optrail.role_rank(p_role)
    -- Claims that were made for a key end with it, whoever still has them and however long ago they were made.
    and (optrail.claims() -> 'optrail_key' is null or optrail.is_live_key(optrail.claims() ->> 'optrail_key', k.project_id))
$$;

-- The key that has this hash, if it opens anything; and that it was used, once a minute at most. Asked before anybody is known,
-- and so for trusted callers alone. Whoever holds the row at this moment is not waited for.
create function optrail.find_api_key(p_hash bytea) returns table (id uuid, project_id text, scope text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  update optrail.api_keys as k set last_used_at = clock_timestamp()
  from (
    select used.project_id, used.id from optrail.api_keys as used
    where used.secret_hash = p_hash and optrail.is_active_key(used.revoked_at, used.expires_at)
      and (used.last_used_at is null or used.last_used_at < clock_timestamp() - interval '1 minute')
    for no key update skip locked
  ) as due
  where k.project_id = due.project_id and k.id = due.id;
  return query
    select k.id, k.project_id, k.scope from optrail.api_keys as k
    where k.secret_hash = p_hash and optrail.is_active_key(k.revoked_at, k.expires_at);
end
$$;

-- Whether the caller acts with service_role's rights, also inside a security definer function, whose own user is the owner.
create function optrail.is_trusted() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role(case current_setting('role') when 'none' then session_user else current_setting('role') end::name,
    'service_role', 'member')
$$;

-- The runs of a project that have all these tags and contain this configuration. Null if more than 5,000 of the project's runs do: a
-- page of them is then found sooner by reading the project's runs in the order that was asked for.
--
-- Under row-level security `@>` cannot use its GIN index, since it is not leakproof. So membership is checked first, here, and
-- the search runs with the owner's rights. The answer depends on the project's own runs alone: the GIN index also holds those of other
-- tenants, so if it finds too many, the project itself is read. Plans are made for the values at hand: a tag can be on two runs or on all.
create function optrail.find_rare_runs(p_project_id text, p_tags text[], p_config jsonb)
returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
  v_most constant integer := 5000;
  v_matches bigint;
  v_found uuid[];
begin
  if not optrail.is_trusted() and p_project_id <> all (array(select optrail.accessible_projects())) then
    return '{}';
  end if;
  -- A small project is read whole. OFFSET 0 keeps the GIN indexes out of it.
  if exists (select from public.optimization_runs as r where r.project_id = p_project_id offset 1000) then
    select count(*), coalesce(array_agg(found.id) filter (where found.project_id = p_project_id), '{}')
    into v_matches, v_found
    from (
      select r.id, r.project_id from public.optimization_runs as r
      where (p_tags is null or r.tags @> p_tags) and (p_config is null or r.config @> p_config)
      limit v_most + 1
    ) as found;
    if v_matches <= v_most then
      return v_found;
    end if;
  end if;
  v_found := array(
    select own.id
    from (select r.id, r.tags, r.config from public.optimization_runs as r where r.project_id = p_project_id offset 0) as own
    where (p_tags is null or own.tags @> p_tags) and (p_config is null or own.config @> p_config)
    limit v_most + 1);
  return case when cardinality(v_found) <= v_most then v_found end;
end
$$;

-- The view can have no row-level security. Everybody but service_role reads what the view was made from, which has: a
-- refresh commits both together.
create function public.get_optimization_analytics(p_project_id text)
returns table (
  project_id text, optimizer_type text, metric text, status text, total_runs bigint, avg_final_score double precision,
  max_final_score double precision, avg_improvement double precision, avg_duration_ms double precision,
  total_samples_evaluated bigint, total_tokens_used numeric, total_cost_usd numeric, first_run_at timestamptz,
  last_run_at timestamptz, refreshed_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select g.project_id, g.optimizer_type, g.metric, g.status, g.total_runs,
    (g.sum_final_score / nullif(g.scored_runs, 0))::double precision,
    g.max_final_score,
    (g.sum_improvement / nullif(g.improved_runs, 0))::double precision,
    (g.sum_duration_ms / nullif(g.timed_runs, 0))::double precision,
    g.total_samples_evaluated, g.total_tokens_used, g.total_cost_usd, g.first_run_at, g.last_run_at, s.refreshed_at
  from optrail.analytics_rollup as g cross join optrail.analytics_state as s
  where g.project_id = p_project_id
  order by g.total_runs desc, g.optimizer_type, g.metric, g.status;
end
$$;
comment on function public.get_optimization_analytics is 'A project''s rows of optimization_run_analytics, and when they were refreshed.';

-- Takes what changed from the queue, a part at a time, until nothing is left that is not being written right now.
create function optrail.refresh_analytics() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_part constant integer := 20000;
  v_taken bigint;
  v_changed boolean := false;
begin
  perform pg_advisory_xact_lock(4700002);
  loop
    with part as (
      select d.* from optrail.analytics_dirty as d order by d.run_id, d.project_id limit v_part
    ), held as (
      select r.id, r.project_id
      from public.optimization_runs as r join part as p on p.run_id = r.id and p.project_id = r.project_id
      where r.analytics_dirty
      for no key update of r skip locked
    ), now_counted as (
      update public.optimization_runs as r set analytics_dirty = false
      from held where r.id = held.id and r.project_id = held.project_id
      returning r.id, r.project_id, r.optimizer_type, r.metric, r.status, r.final_score, r.improvement, r.duration_ms,
        r.samples_evaluated, r.total_tokens, r.total_cost_usd, r.created_at
    ), taken as (
      delete from optrail.analytics_dirty as d using part as p
      where d.run_id = p.run_id and d.project_id = p.project_id
        and ((p.run_id, p.project_id) in (select held.id, held.project_id from held)
          or not exists (select from public.optimization_runs as r where r.id = p.run_id and r.project_id = p.project_id))
      returning d.*
    ), change as (
      select -1 as sign, t.project_id, t.optimizer_type, t.metric, t.status, t.final_score, t.improvement, t.duration_ms,
        t.samples_evaluated, t.total_tokens, t.total_cost_usd, t.created_at
      from taken as t where t.counted
      union all
      select 1, n.project_id, n.optimizer_type, n.metric, n.status, n.final_score, n.improvement, n.duration_ms,
        n.samples_evaluated, n.total_tokens, n.total_cost_usd, n.created_at
      from now_counted as n
    ), change_of_group as (
      select c.project_id, c.optimizer_type, c.metric, c.status,
        sum(c.sign) as runs,
        coalesce(sum(c.sign) filter (where c.final_score is not null), 0) as scored,
        coalesce(sum(c.sign * c.final_score::numeric), 0) as final_score,
        coalesce(sum(c.sign) filter (where c.improvement is not null), 0) as improved,
        coalesce(sum(c.sign * c.improvement::numeric), 0) as improvement,
        coalesce(sum(c.sign) filter (where c.duration_ms is not null), 0) as timed,
        coalesce(sum(c.sign * c.duration_ms::numeric), 0) as duration_ms,
        coalesce(sum(c.sign * c.samples_evaluated), 0) as samples,
        coalesce(sum(c.sign * c.total_tokens), 0) as tokens,
        coalesce(sum(c.sign * c.total_cost_usd), 0) as cost,
        max(c.final_score) filter (where c.sign = 1) as max_final_score,
        min(c.created_at) filter (where c.sign = 1) as first_run_at,
        max(c.created_at) filter (where c.sign = 1) as last_run_at,
        max(c.final_score) filter (where c.sign = -1) as left_max_final_score,
        min(c.created_at) filter (where c.sign = -1) as left_first_run_at,
        max(c.created_at) filter (where c.sign = -1) as left_last_run_at
      from change as c
      group by c.project_id, c.optimizer_type, c.metric, c.status
    ), merged as (
      insert into optrail.analytics_rollup as g (
        project_id, optimizer_type, metric, status, total_runs, scored_runs, sum_final_score, max_final_score,
        improved_runs, sum_improvement, timed_runs, sum_duration_ms, total_samples_evaluated, total_tokens_used,
        total_cost_usd, first_run_at, last_run_at)
      select c.project_id, c.optimizer_type, c.metric, c.status, c.runs, c.scored, c.final_score, c.max_final_score,
        c.improved, c.improvement, c.timed, c.duration_ms, c.samples, c.tokens, c.cost,
        coalesce(c.first_run_at, c.left_first_run_at), coalesce(c.last_run_at, c.left_last_run_at)
      from change_of_group as c
      on conflict on constraint analytics_rollup_group_key do update set
        total_runs = g.total_runs + excluded.total_runs,
        scored_runs = g.scored_runs + excluded.scored_runs,
        sum_final_score = g.sum_final_score + excluded.sum_final_score,
        max_final_score = greatest(g.max_final_score, excluded.max_final_score),
        improved_runs = g.improved_runs + excluded.improved_runs,
        sum_improvement = g.sum_improvement + excluded.sum_improvement,
        timed_runs = g.timed_runs + excluded.timed_runs,
        sum_duration_ms = g.sum_duration_ms + excluded.sum_duration_ms,
        total_samples_evaluated = g.total_samples_evaluated + excluded.total_samples_evaluated,
        total_tokens_used = g.total_tokens_used + excluded.total_tokens_used,
        total_cost_usd = g.total_cost_usd + excluded.total_cost_usd,
        first_run_at = least(g.first_run_at, excluded.first_run_at),
        last_run_at = greatest(g.last_run_at, excluded.last_run_at)
      returning g.group_id, g.project_id, g.optimizer_type, g.metric, g.status, g.max_final_score, g.first_run_at, g.last_run_at
    ), marked as (
      -- Where a run that left a group held one of its extremes, and no run counted now does, only the rows themselves
      -- know the next one.
      insert into optrail.analytics_extremes_lost (group_id)
      select m.group_id
      from merged as m join change_of_group as c
        on c.project_id = m.project_id and c.optimizer_type = m.optimizer_type
        and c.metric is not distinct from m.metric and c.status = m.status
      where (c.left_max_final_score >= m.max_final_score and c.max_final_score is distinct from m.max_final_score)
        or (c.left_first_run_at <= m.first_run_at and c.first_run_at is distinct from m.first_run_at)
        or (c.left_last_run_at >= m.last_run_at and c.last_run_at is distinct from m.last_run_at)
      on conflict do nothing
    )
    select count(*) into v_taken from taken;
    exit when v_taken = 0;
    v_changed := true;
  end loop;

  delete from optrail.analytics_rollup where total_runs = 0;
  -- Runs that are being written right now still count as they did; they are asked again when their turn comes.
  update optrail.analytics_rollup as g
  set max_final_score = (
      select max(r.final_score) from public.optimization_runs as r
      where r.project_id = g.project_id and r.optimizer_type = g.optimizer_type and r.status = g.status
        and r.metric is not distinct from g.metric and not r.analytics_dirty),
    first_run_at = coalesce((
      select min(r.created_at) from public.optimization_runs as r
      where r.project_id = g.project_id and r.optimizer_type = g.optimizer_type and r.status = g.status
        and r.metric is not distinct from g.metric and not r.analytics_dirty), g.first_run_at),
    last_run_at = coalesce((
      select max(r.created_at) from public.optimization_runs as r
      where r.project_id = g.project_id and r.optimizer_type = g.optimizer_type and r.status = g.status
        and r.metric is not distinct from g.metric and not r.analytics_dirty), g.last_run_at)
  where g.group_id in (select lost.group_id from optrail.analytics_extremes_lost as lost);
  delete from optrail.analytics_extremes_lost;

  if v_changed then
    refresh materialized view concurrently public.optimization_run_analytics;
  end if;
  update optrail.analytics_state set refreshed_at = clock_timestamp();
end
$$;

-- Stores what reads derive: that a run's heart stopped; and removes events that are old. Any client may call it, as often as it likes; it says nothing, since it
-- looks at the runs of all. One call at a time does the work, and a run that somebody is writing is left to the next one.
create function optrail.sweep_stale_runs() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended('optrail.sweep_stale_runs', 0)) then
    return;
  end if;
  with silent as (
    select dead.id, dead.project_id
    from public.optimization_projects as p
    -- Project by project, since the index on the status begins with the project.
    cross join lateral (
      select r.id, r.project_id from public.optimization_runs as r
      where r.project_id = p.id and r.status = 'running' and optrail.run_status(r.status, r.heartbeat_at) = 'stale'
      limit 1000) as dead
  ), locked as (
    select r.id, r.project_id from public.optimization_runs as r join silent using (id, project_id)
    where optrail.run_status(r.status, r.heartbeat_at) = 'stale'
    order by r.id
    for no key update of r skip locked
  )
  update public.optimization_runs as r set status = 'stale' from locked where r.id = locked.id and r.project_id = locked.project_id;
  perform optrail.prune_events();
end
$$;

create function public.refresh_optimization_analytics() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.sweep_stale_runs();
  perform optrail.refresh_analytics();
end
$$;
comment on function public.refresh_optimization_analytics is 'Brings optimization_run_analytics up to date. For service_role and the owner.';
$part$;

execute $part$ -- 97-grants.sql
-- Supabase grants everything on new objects of `public` to its API roles: all is taken back first, then given by list.
do $do$
declare
  v_table text;
begin
  foreach v_table in array array[
    'public.optimization_projects', 'public.optimization_project_members', 'optrail.api_keys', 'public.optimization_runs',
    'public.optimization_iterations', 'public.optimization_samples', 'public.optimization_programs',
    'public.optimization_examples', 'public.optimization_checkpoints', 'optrail.migrations', 'optrail.analytics_dirty',
    'optrail.analytics_rollup', 'optrail.analytics_extremes_lost', 'optrail.analytics_state', 'optrail.events',
    'optrail.events_pruned', 'optrail.event_listeners'
  ] loop
    execute format('revoke all on table %s from public, anon, authenticated, service_role', v_table);
    execute format('alter table %s enable row level security', v_table);
    execute format('alter table %s force row level security', v_table);
    -- Under FORCE an owner without BYPASSRLS sees nothing either, and a refresh would yield zero rows without an error.
    execute format('create policy owner_all on %s to current_user using (true) with check (true)', v_table);
  end loop;
end
$do$;
revoke all on table public.optimization_run_analytics from public, anon, authenticated, service_role;
revoke all on all sequences in schema optrail from public, anon, authenticated, service_role;
revoke all on schema optrail from public, anon, authenticated, service_role;
do $do$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as signature
    from pg_proc as p
    where p.pronamespace = 'optrail'::regnamespace or (p.pronamespace = 'public'::regnamespace and p.proname in (
      'record_optimization_iteration', 'record_optimization_samples', 'get_optimization_run_summary',
      'get_top_runs_by_score', 'get_optimization_analytics', 'refresh_optimization_analytics'))
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', v_function.signature);
  end loop;
end
$do$;

grant usage on schema public to authenticated, service_role;
grant usage on schema optrail to authenticated, service_role;
grant execute on function
  optrail.uuid_v7(), optrail.is_score(double precision), optrail.are_scores(jsonb), optrail.are_tags(text[]),
  optrail.claims(), optrail.resolve_run(uuid, text), optrail.run_status(text, timestamptz),
  optrail.check_content(text[], text[]), optrail.lock_runs(uuid[], text), optrail.accessible_projects(text),
  optrail.is_trusted(), optrail.find_rare_runs(text, text[], jsonb), optrail.sweep_stale_runs(),
  public.record_optimization_iteration(jsonb, text, text), optrail.record_samples,
  public.record_optimization_samples(text, jsonb, text[], text[]),
  public.get_optimization_run_summary(uuid, text), public.get_top_runs_by_score(text, integer, text, text),
  public.get_optimization_analytics(text)
  to authenticated, service_role;
grant execute on function public.refresh_optimization_analytics(), optrail.refresh_analytics(), optrail.find_api_key(bytea) to service_role;

grant select on public.optimization_projects, public.optimization_project_members, public.optimization_runs,
  public.optimization_iterations, public.optimization_samples, public.optimization_programs, public.optimization_examples,
  public.optimization_checkpoints, optrail.migrations, optrail.analytics_rollup, optrail.analytics_state, optrail.events,
  optrail.events_pruned to authenticated, service_role;
grant select, insert, update, delete on optrail.event_listeners to service_role;
grant select on public.optimization_run_analytics to service_role;
grant delete on public.optimization_projects, public.optimization_project_members, public.optimization_runs,
  public.optimization_iterations, public.optimization_samples, public.optimization_checkpoints to authenticated, service_role;
grant delete on public.optimization_programs, public.optimization_examples to service_role;

grant insert (id, name, metadata) on public.optimization_projects to service_role;
grant update (name, metadata) on public.optimization_projects to authenticated, service_role;
grant insert (project_id, user_id, role) on public.optimization_project_members to authenticated, service_role;
grant update (role) on public.optimization_project_members to authenticated, service_role;
-- All but the hash, which nobody has a use for.
grant select (id, project_id, name, scope, prefix, created_by, created_at, expires_at, last_used_at, revoked_at)
  on optrail.api_keys to authenticated, service_role;
grant insert (project_id, name, scope, prefix, secret_hash, expires_at) on optrail.api_keys to authenticated, service_role;
grant update (revoked_at) on optrail.api_keys to authenticated, service_role;

-- By column: what triggers keep (recorded_*, best_*, attempt, clocks) and what an identity is made of cannot be written.
grant insert (id, project_id, run_name, optimizer_type, status, direction, score_max, config, tags, notes, metadata,
  parent_run_id, eval_set_hash, start_time, end_time, heartbeat_at, error_message, error_stack, declared_initial_score,
  declared_final_score, declared_best_iteration, declared_iterations, declared_samples_evaluated,
  declared_successful_samples, declared_failed_samples, declared_total_tokens, declared_total_cost_usd,
  declared_avg_latency_ms, declared_duration_ms)
  on public.optimization_runs to authenticated, service_role;
grant update (run_name, status, tags, notes, metadata, eval_set_hash, start_time, end_time, heartbeat_at, error_message,
  error_stack, declared_initial_score, declared_final_score, declared_best_iteration, declared_iterations,
  declared_samples_evaluated, declared_successful_samples, declared_failed_samples, declared_total_tokens,
  declared_total_cost_usd, declared_avg_latency_ms, declared_duration_ms)
  on public.optimization_runs to authenticated, service_role;
grant insert (id, run_id, project_id, iteration, status, eval_kind, score, scores, params, program_hash, decision,
  decision_reason, parent_iterations, is_baseline, is_placeholder, start_time, end_time, declared_duration_ms,
  prompt_tokens, completion_tokens, declared_total_tokens, cost_usd, error_message, metadata)
  on public.optimization_iterations to authenticated, service_role;
grant update (id, status, eval_kind, score, scores, params, program_hash, decision, decision_reason, parent_iterations,
  is_baseline, is_placeholder, start_time, end_time, declared_duration_ms, prompt_tokens, completion_tokens, declared_total_tokens,
  cost_usd, error_message, metadata)
  on public.optimization_iterations to authenticated, service_role;
grant insert (run_id, project_id, iteration, sample_index, example_hash, predicted_output, score, scores, success,
  latency_ms, prompt_tokens, completion_tokens, declared_total_tokens, cost_usd, error_message, feedback, example_id, split, metadata)
  on public.optimization_samples to authenticated, service_role;
grant update (example_hash, predicted_output, score, scores, success, latency_ms, prompt_tokens, completion_tokens,
  declared_total_tokens, cost_usd, error_message, feedback, example_id, split, metadata)
  on public.optimization_samples to authenticated, service_role;
grant insert (project_id, program_hash, program, program_text) on public.optimization_programs to authenticated, service_role;
grant insert (project_id, example_hash, input, expected_output) on public.optimization_examples to authenticated, service_role;
grant insert (id, run_id, project_id, state) on public.optimization_checkpoints to authenticated, service_role;

do $do$
declare
  v_table text;
begin
  foreach v_table in array array[
    'optimization_projects', 'optimization_project_members', 'optimization_runs', 'optimization_iterations',
    'optimization_samples', 'optimization_programs', 'optimization_examples', 'optimization_checkpoints'
  ] loop
    execute format('create policy service_all on public.%I to service_role using (true) with check (true)', v_table);
  end loop;
end
$do$;
create policy service_all on optrail.api_keys to service_role using (true) with check (true);
create policy member_read on optrail.migrations for select to authenticated using (true);
create policy service_read on optrail.migrations for select to service_role using (true);
create policy member_read on optrail.analytics_state for select to authenticated using (true);
create policy service_read on optrail.analytics_state for select to service_role using (true);
create policy service_read on optrail.analytics_rollup for select to service_role using (true);
create policy member_read on optrail.analytics_rollup for select to authenticated
  using (project_id = any (array(select optrail.accessible_projects())));
create policy service_read on optrail.events for select to service_role using (true);
create policy member_read on optrail.events for select to authenticated
  using (project_id = any (array(select optrail.accessible_projects())));
create policy member_read on optrail.events_pruned for select to authenticated using (true);
create policy service_read on optrail.events_pruned for select to service_role using (true);
create policy service_all on optrail.event_listeners to service_role using (true) with check (true);

create policy member_select on public.optimization_projects for select to authenticated
  using (id = any (array(select optrail.accessible_projects())));
create policy owner_update on public.optimization_projects for update to authenticated
  using (id = any (array(select optrail.accessible_projects('owner')))) with check (id = any (array(select optrail.accessible_projects('owner'))));
create policy owner_delete on public.optimization_projects for delete to authenticated
  using (id = any (array(select optrail.accessible_projects('owner'))));

create policy member_select on public.optimization_project_members for select to authenticated
  using (project_id = any (array(select optrail.accessible_projects())));
create policy owner_insert on public.optimization_project_members for insert to authenticated
  with check (project_id = any (array(select optrail.accessible_projects('owner'))));
create policy owner_update on public.optimization_project_members for update to authenticated
  using (project_id = any (array(select optrail.accessible_projects('owner'))))
  with check (project_id = any (array(select optrail.accessible_projects('owner'))));
create policy owner_delete on public.optimization_project_members for delete to authenticated
  using (project_id = any (array(select optrail.accessible_projects('owner'))));

create policy owner_select on optrail.api_keys for select to authenticated
  using (project_id = any (array(select optrail.accessible_projects('owner'))));
create policy owner_insert on optrail.api_keys for insert to authenticated
  with check (project_id = any (array(select optrail.accessible_projects('owner'))));
create policy owner_update on optrail.api_keys for update to authenticated
  using (project_id = any (array(select optrail.accessible_projects('owner'))))
  with check (project_id = any (array(select optrail.accessible_projects('owner'))));

do $do$
declare
  v_table text;
begin
  foreach v_table in array array['optimization_runs', 'optimization_iterations', 'optimization_samples'] loop
    execute format('create policy member_select on public.%I for select to authenticated
      using (project_id = any (array(select optrail.accessible_projects())))', v_table);
    execute format('create policy editor_insert on public.%I for insert to authenticated
      with check (project_id = any (array(select optrail.accessible_projects(''editor''))))', v_table);
    execute format('create policy editor_update on public.%I for update to authenticated
      using (project_id = any (array(select optrail.accessible_projects(''editor''))))
      with check (project_id = any (array(select optrail.accessible_projects(''editor''))))', v_table);
    execute format('create policy editor_delete on public.%I for delete to authenticated
      using (project_id = any (array(select optrail.accessible_projects(''editor''))))', v_table);
  end loop;
end
$do$;

-- Content is added and read; what is stored under a hash never changes.
do $do$
declare
  v_table text;
begin
  foreach v_table in array array['optimization_programs', 'optimization_examples'] loop
    execute format('create policy member_select on public.%I for select to authenticated
      using (project_id = any (array(select optrail.accessible_projects())))', v_table);
    execute format('create policy editor_insert on public.%I for insert to authenticated
      with check (project_id = any (array(select optrail.accessible_projects(''editor''))))', v_table);
  end loop;
end
$do$;

-- A checkpoint is written once. Whoever may write the run may take it away again.
create policy member_select on public.optimization_checkpoints for select to authenticated
  using (project_id = any (array(select optrail.accessible_projects())));
create policy editor_insert on public.optimization_checkpoints for insert to authenticated
  with check (project_id = any (array(select optrail.accessible_projects('editor'))));
create policy editor_delete on public.optimization_checkpoints for delete to authenticated
  using (project_id = any (array(select optrail.accessible_projects('editor'))));
$part$;

insert into optrail.migrations (name, sha256) values (v_name, v_sha256);
insert into optrail.migrations (name, sha256)
select m.name, m.sha256 from unnest(v_included, v_hashes) as m(name, sha256);

raise notice 'optrail: % is installed', v_name;
end
$optrail$;

commit;
