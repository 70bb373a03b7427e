import type { Row } from '../database/port.js';
import { type Scope, theRow } from './scope.js';

/** Counts over all projects. */
export interface Figures {
  runsByStatus: Record<string, number>;
  samplesRecorded: number;
  refreshAgeSeconds: number;
}

/**
 * What the trail holds, as of the last refresh of the analytics: sums that are kept, since a count of all runs would read all of them
 * each time that somebody asks. For the connection's own role.
 */
export async function readFigures(scope: Scope): Promise<Figures> {
  const rows = await scope.query<Row & { runs: Record<string, number>; samples: number; age: number }>({
    text: `select
        coalesce((select jsonb_object_agg(g.status, g.runs) from
          (select a.status, sum(a.total_runs) as runs from public.optimization_run_analytics as a group by a.status) as g), '{}') as runs,
        (select coalesce(sum(a.total_samples_evaluated), 0)::bigint from public.optimization_run_analytics as a) as samples,
        extract(epoch from now() - s.refreshed_at)::double precision as age
      from optrail.analytics_state as s`,
  });
  const { runs, samples, age } = theRow(rows, 'the reading of figures');
  return { runsByStatus: runs, samplesRecorded: samples, refreshAgeSeconds: Math.max(0, age) };
}
