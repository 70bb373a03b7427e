import type { Pool } from 'pg';
import { ms, timed, timingOf } from './measure.js';

/** Milliseconds of a refresh after so many runs changed, the newest ones and ones anywhere, each the median of three. */
export async function refreshCost(pool: Pool, changed: number): Promise<{ newest: number; random: number; none: number; recount: number }> {
  const refresh = () => timed(() => pool.query('select public.refresh_optimization_analytics()'));
  const after = async (change: string) => {
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await pool.query(change, [changed, `round ${round}`]);
      times.push(await refresh());
    }
    return timingOf(times).p50;
  };
  const set = 'set declared_total_tokens = declared_total_tokens + 1, notes = $2';
  await refresh();
  return {
    newest: await after(`update public.optimization_runs ${set} where (id, project_id) in
      (select id, project_id from public.optimization_runs order by id desc limit $1)`),
    random: await after(`update public.optimization_runs ${set} where (id, project_id) in
      (select id, project_id from public.optimization_runs tablesample system (5) order by md5(id::text) limit $1)`),
    none: await refresh(),
    recount: await timed(() =>
      pool.query(`select project_id, optimizer_type, metric, status, count(*), avg(final_score), max(final_score), avg(improvement),
        avg(duration_ms), sum(samples_evaluated), sum(total_tokens), sum(total_cost_usd), min(created_at), max(created_at)
        from public.optimization_runs group by 1, 2, 3, 4`),
    ),
  };
}

export const refreshRow = (name: string, cost: Awaited<ReturnType<typeof refreshCost>>): string[] => [
  name,
  ms(cost.newest),
  ms(cost.random),
  ms(cost.none),
  ms(cost.recount),
];
