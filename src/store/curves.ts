import type { Row } from '../database/port.js';
import type { RunCurve } from '../schemas/views.js';
import { camelized } from './case.js';
import { ambiguousRun } from './runs.js';
import type { Scope } from './scope.js';

interface CurveRow {
  run_id: string;
  project_id: string;
  /** Each an iteration and the best score as of then. */
  points: [iteration: number, best: number][] | null;
}

/** How runs got better, in the order of the ids; those that the caller does not see are left out. */
export async function getCurves(scope: Scope, runIds: readonly string[], projectId: string | undefined): Promise<RunCurve[]> {
  // Best is what the database's own rule says (optrail.can_be_best), which callers may not call.
  const rows = await scope.query<CurveRow & Row>({
    text: `select r.id as run_id, r.project_id, (
        select json_agg(json_build_array(risen.iteration, risen.best * risen.sign) order by risen.iteration)
        from (
          select so_far.*, lag(so_far.best) over (order by so_far.iteration) as before, lead(so_far.iteration) over (order by so_far.iteration) as next
          from (
            select i.iteration, s.sign, max(i.score * s.sign)
              filter (where i.status = 'completed' and i.eval_kind = 'full' and i.decision is distinct from 'rejected')
              over (order by i.iteration) as best
            from public.optimization_iterations as i,
              (select case r.direction when 'minimize' then -1 else 1 end as sign) as s
            where i.run_id = r.id and i.project_id = r.project_id
          ) as so_far
        ) as risen
        where risen.best is distinct from risen.before or (risen.next is null and risen.best is not null)
      ) as points
      from public.optimization_runs as r
      where r.id = any ($1::uuid[]) ${projectId === undefined ? '' : 'and r.project_id = $2'}`,
    values: projectId === undefined ? [runIds] : [runIds, projectId],
  });

  const curves = new Map<string, RunCurve>();
  for (const row of rows) {
    const { points, ...curve } = camelized<CurveRow>(row);
    if (curves.has(curve.runId)) throw ambiguousRun(curve.runId);
    curves.set(curve.runId, { ...curve, points: (points ?? []).map(([iteration, best]) => ({ iteration, best })) });
  }
  return runIds.flatMap((runId) => curves.get(runId) ?? []);
}
