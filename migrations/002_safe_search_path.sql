-- 002: no function of Optrail looks up a type in its caller's temporary schema.
--
-- With `search_path = ''` PostgreSQL still looks for types in pg_temp first, so that a caller who made a domain there had its check run
-- with the rights of a function's owner. Every function now names pg_catalog first and pg_temp last. find_rare_runs no longer tells
-- about other tenants, and four functions have names that say what they do. No row is changed.
--
-- One transaction, safe to run again. `optrail migrate` runs this same text.

begin;

set local search_path = pg_catalog, pg_temp;
set local client_min_messages = notice;

do $optrail$
declare
  -- sha256 of this file with these 64 digits as zeros
  v_sha256 constant text := 'c56c2aa3f981726c57901c9fe62642e22ec086a7322ade1b8d66e934956d2677';
  v_name constant text := '002_safe_search_path';
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
alter function optrail.few(integer[]) rename to ids_if_few;
alter function optrail.may_follow(text, text) rename to is_allowed_transition;
alter function optrail.key_opens(timestamptz, timestamptz) rename to is_active_key;
alter function optrail.my_projects(text) rename to accessible_projects;

-- A policy goes on calling a renamed function, and keeps its old name as a column alias.
do $do$
declare
  v_policy record;
begin
  for v_policy in
    select schemaname, tablename, policyname, replace(qual, ' AS my_projects', ' AS accessible_projects') as qual,
      replace(with_check, ' AS my_projects', ' AS accessible_projects') as with_check
    from pg_policies
    where schemaname in ('public', 'optrail') and concat(qual, with_check) like '% AS my_projects%'
  loop
    execute format('alter policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename)
      || coalesce(' using (' || v_policy.qual || ')', '') || coalesce(' with check (' || v_policy.with_check || ')', '');
  end loop;
end
$do$;
$part$;

execute $part$
create or replace function optrail.touch_updated_at() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create or replace function optrail.before_project_delete() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.optimization_runs where project_id = old.id;
  return old;
end
$$;

create or replace function optrail.before_run_insert() returns trigger
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

create or replace function optrail.before_run_resume() returns trigger
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

create or replace function optrail.before_run_update() returns trigger
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

create or replace function optrail.after_run_insert() returns trigger
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

create or replace function optrail.after_run_update() returns trigger
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

create or replace function optrail.after_run_delete() returns trigger
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

create or replace function optrail.find_best(p_run_id uuid, p_project_id text, p_direction text)
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

create or replace function optrail.count_iterations(p_changes optrail.iteration_change[]) returns void
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

create or replace function optrail.after_iterations_insert() returns trigger
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

create or replace function optrail.after_iterations_update() returns trigger
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

create or replace function optrail.after_iterations_delete() returns trigger
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

create or replace function optrail.count_samples(
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

create or replace function optrail.after_samples_insert() returns trigger
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

create or replace function optrail.after_samples_update() returns trigger
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

create or replace function optrail.after_samples_delete() returns trigger
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

create or replace function optrail.after_events_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from optrail.event_listeners as l where l.expires_at > now()) then
    perform pg_notify('optrail_events', '');
  end if;
  return null;
end
$$;

create or replace function optrail.prune_events() returns void
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

create or replace function optrail.before_checkpoint_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.state_hash := sha256(convert_to(new.state, 'UTF8'));
  new.state_bytes := octet_length(new.state);
  return new;
end
$$;

create or replace function optrail.after_checkpoint_insert() returns trigger
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

create or replace function optrail.before_key_revoke() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.revoked_at := coalesce(old.revoked_at, clock_timestamp());
  return new;
end
$$;

create or replace function optrail.resolve_run(p_run_id uuid, p_project_id text) returns text
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

create or replace function optrail.lock_runs(p_run_ids uuid[], p_project_id text) returns void
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
      hint = 'The hash is SHA-256 of the content''s RFC 8785 text in UTF-8, in lower-case hexadecimal.';
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
    insert into public.optimization_programs (project_id, program_hash, program)
    values (v_project_id, decode(p_program_hash, 'hex'), p_program::jsonb)
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

create or replace function optrail.record_samples(
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

create or replace function public.record_optimization_samples(
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

create or replace function public.get_optimization_run_summary(p_run_id uuid, p_project_id text default null)
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

create or replace function public.get_top_runs_by_score(
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

create or replace function optrail.is_live_key(p_key_id text, p_project_id text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from optrail.api_keys as k
    where k.project_id = p_project_id and optrail.is_active_key(k.revoked_at, k.expires_at)
      and k.id = case when p_key_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_key_id::uuid end);
end
$$;

create or replace function optrail.accessible_projects(p_role text default 'viewer') returns setof text
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

create or replace function optrail.find_api_key(p_hash bytea) returns table (id uuid, project_id text, scope text)
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

create or replace function optrail.is_trusted() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role(case current_setting('role') when 'none' then session_user else current_setting('role') end::name,
    'service_role', 'member')
$$;

create or replace function public.get_optimization_analytics(p_project_id text)
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

create or replace function optrail.refresh_analytics() returns void
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

create or replace function optrail.sweep_stale_runs() returns void
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

create or replace function public.refresh_optimization_analytics() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform optrail.sweep_stale_runs();
  perform optrail.refresh_analytics();
end
$$;
$part$;

execute $part$
drop function optrail.find_rare_runs(text, text[], jsonb, integer);
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
revoke all on function optrail.find_rare_runs(text, text[], jsonb) from public, anon, authenticated, service_role;
grant execute on function optrail.find_rare_runs(text, text[], jsonb) to authenticated, service_role;
$part$;

insert into optrail.migrations (name, sha256) values (v_name, v_sha256);
raise notice 'optrail: % is installed', v_name;
end
$optrail$;

commit;
