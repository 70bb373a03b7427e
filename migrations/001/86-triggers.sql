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
