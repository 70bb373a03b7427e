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
