/** The run that the pages use as their example. */
export const RUN = '550e8400-e29b-41d4-a716-446655440000';

/**
 * SQL that fills a new database: runs in ten projects, a quarter of them in `proj_123`, in every status and under many models
 * and tags, with iterations in some, and the statistics that a planner goes by.
 */
export function fixture(runs: number): string {
  return `
    insert into public.optimization_runs (id, project_id, run_name, optimizer_type, status, config, tags,
      declared_initial_score, declared_final_score, declared_samples_evaluated, start_time, end_time, created_at)
    select case when n = ${runs} then '${RUN}'::uuid else optrail.uuid_v7() end,
      case when n % 4 = 0 then 'proj_123' else 'proj_' || n % 9 end,
      'run ' || n,
      (array['miprov2', 'gepa', 'bootstrap_fewshot', 'copro'])[1 + n / 7 % 4],
      case (${runs} - n) % 7 when 1 then 'pending' when 2 then 'failed' when 3 then 'cancelled' when 5 then 'running' else 'completed' end,
      jsonb_build_object('metric', case n / 4 % 2 when 0 then 'accuracy' else 'f1' end, 'model_config',
        jsonb_build_object('model', case when n % 100 = 0 then 'gpt-4' else 'model-' || n % 50 end, 'temperature', 0.7)),
      array['experiment-' || n % 1000] || case when n % 50 = 0 then array['production'] else '{}' end,
      0.5, case when (${runs} - n) % 7 in (1, 2, 3, 5) then null else 0.4 + (n * 7919 % 5000) / 10000.0 end,
      100, now() - interval '1 hour', now(), now() - n * interval '1 minute'
    from generate_series(1, ${runs}) as n;

    insert into public.optimization_iterations (run_id, project_id, iteration, score, params)
    select r.id, r.project_id, i, 0.5 + i / 100.0, '{"temperature": 0.7}'
    from (select id, project_id from public.optimization_runs order by id = '${RUN}' desc, id limit 200) as r,
      generate_series(1, 20) as i;

    vacuum analyze;`;
}
