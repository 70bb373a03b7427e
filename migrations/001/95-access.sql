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
