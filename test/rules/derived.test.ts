import { describe, expect, test } from 'vitest';
import type { CreateOptimizationRunInput } from '../../src/schemas/index.js';
import { aRun, newProject } from '../support/records.js';
import { INSTALLS, useTrail } from '../support/trails.js';

/** From an initial to a final score: how much better, and by how many percent; null where that cannot be said. */
const IMPROVEMENTS: [initial: number | null, final: number | null, improvement: number | null, percent: number | null][] = [
  [0.5, 0.75, 0.25, 50],
  [0.5, 0.5, 0, 0],
  [0.5, 0, -0.5, -100],
  [-0.5, 0.5, 1, 200],
  [-0.5, -1, -0.5, -100],
  [0, 0.9, 0.9, null],
  [0, 0, 0, null],
  [null, 0.9, null, null],
  [0.9, null, null, null],
  [0.0001, 0.9, 0.8999, 899900],
  [-1e100, 1e100, 2e100, 200],
  [1e100, -1e100, -2e100, -200],
  [1e-300, 2e-300, 1e-300, 100],
  [1e-300, 0.5, 0.5, 5e301],
  [-1e-300, 1e-300, 2e-300, 200],
  [1e-300, 1e100, 1e100, null],
  [5e-324, 0.5, 0.5, null],
];

/** What the caller declares and what the rows come to: the greater of both counts. */
const COUNTS = [
  ['iterations', 2],
  ['samplesEvaluated', 3],
  ['successfulSamples', 2],
  ['failedSamples', 1],
  ['totalTokens', 60],
  ['totalCostUsd', 0.75],
] as const;

describe.each(INSTALLS)('what follows from other figures on $name', (install) => {
  const trail = useTrail(install);

  async function completed(rest: Partial<CreateOptimizationRunInput>) {
    return trail.client.createOptimizationRun(aRun(newProject(), { status: 'completed', ...rest }));
  }

  test.each(IMPROVEMENTS)(
    'from %s to %s the improvement is %s, and %s in percent',
    async (initialScore, finalScore, improvement, percent) => {
      for (const sign of [1, -1]) {
        const run = await completed({ initialScore, finalScore, direction: sign === 1 ? 'maximize' : 'minimize' });
        expectFigure(run.improvement, improvement === null ? null : sign * improvement);
        expectFigure(run.improvementPct, percent === null ? null : sign * percent);
      }
    },
  );

  test('of declared and recorded counts the greater one is told', async () => {
    const { client } = trail;
    const { id: runId } = await completed({});
    for (const iteration of [1, 2]) await client.createOptimizationIteration({ runId, iteration, totalTokens: 5, costUsd: 0.1 });
    const sample = { runId, iteration: 1, totalTokens: 20, costUsd: 0.25, latencyMs: 10 };
    await client.batchCreateOptimizationSamples([0, 1, 2].map((sampleIndex) => ({ ...sample, sampleIndex, success: sampleIndex > 0 })));
    for (const [name, recorded] of COUNTS) {
      expect(await client.updateOptimizationRun(runId, { [name]: 0 })).toMatchObject({ [name]: recorded });
      expect(await client.updateOptimizationRun(runId, { [name]: 1000 })).toMatchObject({ [name]: 1000 });
      expect(await client.updateOptimizationRun(runId, { [name]: null })).toMatchObject({ [name]: recorded });
    }
    expect(await client.updateOptimizationRun(runId, { avgLatencyMs: 99 })).toMatchObject({ avgLatencyMs: 10 });
  });

  test('tokens and cost of iterations and of their samples are not added up', async () => {
    const { client } = trail;
    const { id: runId } = await completed({});
    await client.createOptimizationIteration({ runId, iteration: 1, totalTokens: 100, costUsd: 0.5 });
    await client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, totalTokens: 30, costUsd: 0.75 });
    expect(await client.getOptimizationRun(runId)).toMatchObject({ totalTokens: 100, totalCostUsd: 0.75 });
  });

  test("a duration is the caller's, or the time from start to end", async () => {
    const times = { startTime: '2026-01-01T00:00:00.000Z', endTime: '2026-01-01T00:00:01.500Z' };
    expect(await completed(times)).toMatchObject({ durationMs: 1500 });
    expect(await completed({ ...times, durationMs: 7 })).toMatchObject({ durationMs: 7 });
    expect(await completed({ ...times, endTime: undefined, startTime: undefined })).toMatchObject({ durationMs: null });
  });

  test('metric and model are what the configuration says, also where it is written by SQL', async () => {
    const projectId = newProject();
    await trail.client.createOptimizationRun(aRun(projectId));
    const rows = await trail.sql(
      `insert into optimization_runs (project_id, run_name, optimizer_type, config)
       select $1, 'x', 'gepa', config from unnest($2::jsonb[]) as c(config) returning metric, model`,
      [
        projectId,
        [
          { metric: 'f1', model_config: { model: 'a' }, model: 'b' },
          { model: 'b', model_config: {} },
          { metric: '', model: '' },
          { metric: null, model_config: null },
          { model_config: { model: '' }, model: 'b' },
        ].map((config) => JSON.stringify(config)),
      ],
    );
    expect(rows).toEqual([
      { metric: 'f1', model: 'a' },
      { metric: null, model: 'b' },
      { metric: null, model: null },
      { metric: null, model: null },
      { metric: null, model: 'b' },
    ]);
  });
});

/** Equal but for the last bits; zero is 0, not -0 and not something small. */
function expectFigure(actual: number | null, expected: number | null): void {
  if (expected === 0) expect(actual).toBe(0);
  else if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-12);
}
