-- 003: a program comes back as it was recorded, to the byte.
--
-- jsonb keeps neither the order of keys nor the form of numbers, and a prompt made from it can differ from the one that was scored.
-- optimization_programs now holds the recorded text too. Programs recorded before keep their hash and have no text. No row is changed.
--
-- One transaction, safe to run again. `optrail migrate` runs this same text.

begin;

set local search_path = pg_catalog, pg_temp;
set local client_min_messages = notice;

do $optrail$
declare
  -- sha256 of this file with these 64 digits as zeros
  v_sha256 constant text := '0a932c6d6e9041512dd67e962ab4a1f737942a831f73967a561f56e370861406';
  v_name constant text := '003_program_text';
begin

perform pg_advisory_xact_lock(4700001);

if not exists (select from pg_tables where schemaname = 'optrail' and tablename = 'migrations') then
  raise exception using
    errcode = 'OT006', message = 'optrail: this database has no schema to update',
    hint = 'Run `optrail migrate`, or psql -f migrations/001_optimization_runs.sql, which holds this change already.';
end if;
if exists (select from optrail.migrations where name = v_name) then
  raise notice 'optrail: % is installed already; nothing was changed', v_name;
  return;
end if;

execute $part$
alter table public.optimization_programs
  add column program_text text,
  add constraint optimization_programs_text_matches check (
    program_text is null
    or (program = program_text::jsonb and program_hash = sha256(convert_to(program_text, 'UTF8'))));
comment on column public.optimization_programs.program_hash is
  'SHA-256 of program_text in UTF-8; if that is null, of the program''s RFC 8785 text.';
comment on column public.optimization_programs.program_text is
  'The JSON text as recorded, byte for byte; null in rows recorded before migration 003, which kept the value only.';
grant insert (program_text) on public.optimization_programs to authenticated, service_role;
$part$;

execute $part$
create or replace function optrail.check_content(p_hashes text[], p_contents text[]) returns void
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

create or replace function public.record_optimization_iteration(
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
$part$;

insert into optrail.migrations (name, sha256) values (v_name, v_sha256);
raise notice 'optrail: % is installed', v_name;
end
$optrail$;

commit;
