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
