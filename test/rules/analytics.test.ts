import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOptrailError } from '../../src/errors.js';
import { newProject } from '../support/records.js';
import { INSTALLS, type Trail, useTrail } from '../support/trails.js';

const slot = fc.nat(5);
const score = fc.option(fc.constantFrom(0, 0.1, 0.30000000000000004, -7, 1e100, -1e100, 1e-300), { freq: 4 });
const status = fc.constantFrom('pending', 'running', 'completed', 'failed', 'cancelled', 'stale');
const figures = fc.record({
  final: score,
  initial: score,
  duration: fc.option(fc.constantFrom(0, 12.5, 1e12)),
  samples: fc.option(fc.constantFrom(0, 3, 2147483647)),
  tokens: fc.option(fc.constantFrom(0, 9007199254740991)),
  cost: fc.option(fc.constantFrom(0, 0.0000000001, 1e9)),
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      slot,
      status,
      figures,
      optimizer: fc.constantFrom('gepa', 'copro'),
      metric: fc.option(fc.constant('f1')),
      second: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const), slot, figures }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), slot, status }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('iterate' as const), slot, number: fc.nat(3), score: fc.constantFrom(0.5, -0.5, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), slot }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete the project' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const FIGURES =
  'declared_final_score, declared_initial_score, declared_duration_ms, declared_samples_evaluated, declared_total_tokens, declared_total_cost_usd';

async function take({ client, sql }: Trail, projectId: string, step: Step): Promise<unknown> {
  const idOf = (place: number) => `01900000-0000-7000-8000-00000000000${place}`;
  const valuesOf = ({ final, initial, duration, samples, tokens, cost }: typeof figures extends fc.Arbitrary<infer F> ? F : never) => [
    final,
    initial,
    duration,
    samples,
    tokens,
    cost,
  ];
  switch (step.kind) {
    case 'create':
      // The same id comes back after it was deleted, as an import brings it back.
      await sql('insert into optimization_projects (id, name) values ($1, $1) on conflict do nothing', [projectId]);
      return sql(
        `insert into optimization_runs (id, project_id, run_name, optimizer_type, config, status, created_at, ${FIGURES})
         values ($1, $2, 'run', $3, jsonb_build_object('metric', $4::text), $5, timestamptz '2026-01-01Z' + make_interval(secs => $6), $7, $8, $9, $10, $11, $12)
         on conflict do nothing`,
        [idOf(step.slot), projectId, step.optimizer, step.metric, step.status, step.second, ...valuesOf(step.figures)],
      );
    case 'change':
      return sql(`update optimization_runs set (${FIGURES}) = row($3, $4, $5, $6, $7, $8) where id = $1 and project_id = $2`, [
        idOf(step.slot),
        projectId,
        ...valuesOf(step.figures),
      ]);
    case 'move':
      return sql('update optimization_runs set status = $3 where id = $1 and project_id = $2', [
        idOf(step.slot),
        projectId,
        step.status,
      ]).catch((error) => {
        if (!isOptrailError(error) || error.code !== 'invalid_status_transition') throw error;
      });
    case 'iterate':
      return sql(
        `insert into optimization_iterations (run_id, project_id, iteration, score, is_baseline)
         select id, project_id, $3, $4, $3 = 0 from optimization_runs where id = $1 and project_id = $2
         on conflict (run_id, iteration, project_id) do update set score = excluded.score`,
        [idOf(step.slot), projectId, step.number, step.score],
      );
    case 'delete':
      return sql('delete from optimization_runs where id = $1 and project_id = $2', [idOf(step.slot), projectId]);
    case 'delete the project':
      return sql('delete from optimization_projects where id = $1', [projectId]);
    case 'refresh':
      return client.refreshOptimizationAnalytics();
  }
}

const COLUMNS = `project_id, optimizer_type, metric, status, total_runs, avg_final_score, max_final_score, avg_improvement, avg_duration_ms,
  total_samples_evaluated, total_tokens_used, total_cost_usd, first_run_at, last_run_at`;
const IN_ORDER = 'order by optimizer_type, metric, status';

const RECOUNT = `
  select project_id, optimizer_type, metric, status, count(*) as total_runs,
    avg(final_score::numeric)::float8 as avg_final_score, max(final_score) as max_final_score, avg(improvement::numeric)::float8 as avg_improvement,
    avg(duration_ms::numeric)::float8 as avg_duration_ms, sum(samples_evaluated) as total_samples_evaluated, sum(total_tokens) as total_tokens_used,
    sum(total_cost_usd) as total_cost_usd, min(created_at) as first_run_at, max(created_at) as last_run_at
  from optimization_runs where project_id = $1 group by project_id, optimizer_type, metric, status ${IN_ORDER}`;

describe.each(INSTALLS)('analytics on $name', (install) => {
  const trail = useTrail(install);

  test('equal a full recount after a refresh, whatever was written, deleted and refreshed before', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const [projectId, other] = [newProject(), newProject()];
      await take(trail, other, {
        kind: 'create',
        slot: 0,
        status: 'completed',
        figures: { final: 0.1, initial: null, duration: null, samples: null, tokens: null, cost: null },
        optimizer: 'gepa',
        metric: null,
        second: 0,
      });
      for (const each of [...steps, { kind: 'refresh' as const }]) {
        await take(trail, projectId, each);
        if (each.kind !== 'refresh') continue;
        const recount = await trail.sql(RECOUNT, [projectId]);
        expect(await trail.sql(`select ${COLUMNS} from get_optimization_analytics($1) ${IN_ORDER}`, [projectId])).toEqual(recount);
        expect(await trail.sql(`select ${COLUMNS} from optimization_run_analytics where project_id = $1 ${IN_ORDER}`, [projectId])).toEqual(
          recount,
        );
      }
      expect(await trail.sql(`select ${COLUMNS} from get_optimization_analytics($1)`, [other])).toEqual(await trail.sql(RECOUNT, [other]));
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('a refresh with nothing to do says when it was, and leaves no queue behind', async () => {
    const refreshedAt = async () =>
      (await trail.sql<{ refreshed_at: string }>('select refreshed_at from optrail.analytics_state'))[0]?.refreshed_at ?? '';
    await trail.client.refreshOptimizationAnalytics();
    const before = await refreshedAt();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await trail.client.refreshOptimizationAnalytics();
    expect((await refreshedAt()) > before).toBe(true);
    expect(await trail.sql('select * from optrail.analytics_dirty')).toEqual([]);
    expect(await trail.sql('select * from optrail.analytics_extremes_lost')).toEqual([]);
  });

  test('a refresh is no change to a run', async () => {
    const { client } = trail;
    const run = await client.createOptimizationRun({ projectId: newProject(), runName: 'x', optimizerType: 'gepa', status: 'running' });
    await client.refreshOptimizationAnalytics();
    expect(await client.getOptimizationRun(run.id)).toEqual(run);
  });
});
