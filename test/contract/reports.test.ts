import { describe, expect, test } from 'vitest';
import {
  type CreateOptimizationRunInput,
  OptimizationAnalyticsSchema,
  OptimizationRunSummarySchema,
  TopRunSchema,
  type TopRunsOptions,
} from '../../src/schemas/index.js';
import { aRun, expectShape, newProject } from '../support/records.js';
import { ageHeartbeat, DOORS, useTrail } from '../support/trails.js';

/** Runs of one project from the best to the worst, each with why it stands there; then those that have no rank. */
const RANKED: Record<string, Partial<CreateOptimizationRunInput>> = {
  'a loss of -2': { direction: 'minimize', finalScore: -2 },
  '98 of 100': { scoreMax: 100, finalScore: 98, initialScore: 90, config: { metric: 'f1' }, evalSetHash: 'one' },
  '0.9, first': { finalScore: 0.9, iterations: 4, totalCostUsd: 0.5, config: { metric: 'f1' }, evalSetHash: 'two' },
  '0.9, second': { finalScore: 0.9, config: { metric: 'accuracy' }, evalSetHash: 'one' },
  '0.05 without a scale': { finalScore: 0.05 },
  zero: { finalScore: 0, config: { metric: 'f1' } },
  'a loss of 0.25': { direction: 'minimize', finalScore: 0.25 },
  'minus one': { finalScore: -1 },
};
const UNRANKED: Record<string, Partial<CreateOptimizationRunInput>> = {
  'no score': {},
  failed: { status: 'failed', finalScore: 5 },
  running: { status: 'running', finalScore: 5 },
};

const SELECTIONS: [limit: number | undefined, TopRunsOptions, string[]][] = [
  [undefined, {}, Object.keys(RANKED)],
  [1000, {}, Object.keys(RANKED)],
  [3, {}, Object.keys(RANKED).slice(0, 3)],
  [undefined, { metric: 'f1' }, ['98 of 100', '0.9, first', 'zero']],
  [1, { metric: 'f1' }, ['98 of 100']],
  [undefined, { evalSetHash: 'one' }, ['98 of 100', '0.9, second']],
  [undefined, { metric: 'f1', evalSetHash: 'two' }, ['0.9, first']],
  [undefined, { metric: 'nobody has it' }, []],
];

describe.each(DOORS)('reports on $name', (install) => {
  const trail = useTrail(install);

  test('a summary says what a run came to, and gives the winner whole', async () => {
    const { client } = trail;
    const projectId = newProject();
    const config = { metric: 'f1', model: 'm' };
    const { id: runId } = await client.createOptimizationRun(
      aRun(projectId, { status: 'running', config, startTime: '2026-01-01T00:00:00Z' }),
    );
    const program = { prompt: 'the winner' };
    const iterations = [
      { score: 0.4, isBaseline: true, program: { prompt: 'seed' } },
      { score: 0.9, evalKind: 'minibatch' as const, decision: 'accepted' as const },
      { score: 0.8, decision: 'accepted' as const, program, params: { round: 1 }, costUsd: 0.25 },
      { score: 0.99, decision: 'rejected' as const },
      { errorMessage: 'boom' },
    ];
    for (const [iteration, said] of iterations.entries()) await client.createOptimizationIteration({ runId, iteration, ...said });
    await client.batchCreateOptimizationSamples(
      [true, true, true, false].map((success, sampleIndex) => ({
        runId,
        iteration: 2,
        sampleIndex,
        success,
        totalTokens: 10,
        latencyMs: sampleIndex,
      })),
    );
    await client.updateOptimizationRun(runId, { status: 'completed', endTime: '2026-01-01T00:00:02Z' });
    const summary = await client.getOptimizationRunSummary(runId);
    expectShape(OptimizationRunSummarySchema, summary);
    expect(summary).toMatchObject({
      runId,
      projectId,
      runName: 'a run',
      optimizerType: 'gepa',
      status: 'completed',
      metric: 'f1',
      model: 'm',
      initialScore: 0.4,
      finalScore: 0.8,
      bestScore: 0.8,
      bestIteration: 2,
      bestDeclared: false,
      improvement: 0.4,
      improvementPct: 100,
      iterations: 5,
      fullEvaluations: 4,
      minibatchEvaluations: 1,
      acceptedCandidates: 2,
      rejectedCandidates: 1,
      failedIterations: 1,
      samplesEvaluated: 4,
      successfulSamples: 3,
      failedSamples: 1,
      successRate: 0.75,
      totalTokens: 40,
      totalCostUsd: 0.25,
      avgLatencyMs: 1.5,
      durationMs: 2000,
      bestParams: { round: 1 },
      bestProgram: program,
    });
    expect(await client.getOptimizationRunSummary(runId, { projectId })).toEqual(summary);
    await client.updateOptimizationRun(runId, { bestIteration: 3 });
    expect(await client.getOptimizationRunSummary(runId)).toMatchObject({
      bestDeclared: true,
      bestIteration: 3,
      bestScore: 0.99,
      bestProgram: null,
      bestParams: {},
    });
  });

  test('a summary of a run without rows has nothing to divide by', async () => {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject()));
    const summary = await trail.client.getOptimizationRunSummary(id);
    expectShape(OptimizationRunSummarySchema, summary);
    expect(summary).toMatchObject({ successRate: null, bestParams: null, bestProgram: null, finalScore: null, fullEvaluations: 0 });
  });

  test('a summary sees that a run fell silent, whether or not it was swept', async () => {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject(), { status: 'running' }));
    await trail.client.updateRunProgress(id, {});
    await ageHeartbeat(trail, id, 60);
    expect(await trail.client.getOptimizationRunSummary(id)).toMatchObject({ status: 'stale' });
  });

  test('runs are ranked by their score on its own scale, the earlier of equals first', async () => {
    const { client } = trail;
    const projectId = newProject();
    // Created from the worst to the best but for the two equals, so that the order of creation can't pass for the rank.
    const names = Object.keys(RANKED).toReversed();
    const [second, first] = [names.indexOf('0.9, second'), names.indexOf('0.9, first')];
    [names[second], names[first]] = ['0.9, first', '0.9, second'];
    for (const runName of names) await client.createOptimizationRun(aRun(projectId, { runName, status: 'completed', ...RANKED[runName] }));
    for (const [runName, run] of Object.entries(UNRANKED))
      await client.createOptimizationRun(aRun(projectId, { runName, status: 'completed', ...run }));
    await client.createOptimizationRun(aRun(newProject(), { status: 'completed', finalScore: 100 }));

    for (const [limit, options, expected] of SELECTIONS) {
      const top = await client.getTopRunsByScore(projectId, limit, options);
      expect(
        top.map(({ runName }) => runName),
        JSON.stringify([limit, options]),
      ).toEqual(expected);
      for (const run of top) expectShape(TopRunSchema, run);
    }
    const [, hundred, first9] = await client.getTopRunsByScore(projectId);
    expect(hundred).toMatchObject({ metric: 'f1', evalSetHash: 'one', initialScore: 90, finalScore: 98, improvement: 8 });
    expect(first9).toMatchObject({ optimizerType: 'gepa', initialScore: null, improvement: null, iterations: 4, totalCostUsd: 0.5 });
    expect(await client.getTopRunsByScore(newProject())).toEqual([]);
  });

  test.each(['0', '1001', '-1', 'null'])('a limit of %s is refused by the database too', async (limit) => {
    await expect(trail.sql(`select * from get_top_runs_by_score('p', ${limit})`)).rejects.toMatchObject({ sqlState: '22023' });
  });

  test('ten runs come where no limit is said', async () => {
    const projectId = newProject();
    for (let score = 0; score < 11; score += 1)
      await trail.client.createOptimizationRun(aRun(projectId, { status: 'completed', finalScore: score / 10 }));
    const top = await trail.client.getTopRunsByScore(projectId);
    expect(top.map(({ finalScore }) => finalScore)).toEqual([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]);
  });

  test('analytics have a row for each optimizer, metric and status, as of the last refresh', async () => {
    const { client } = trail;
    const projectId = newProject();
    const scored = {
      status: 'completed',
      config: { metric: 'f1' },
      initialScore: 0.5,
      samplesEvaluated: 10,
      totalTokens: 100,
      totalCostUsd: 0.25,
      durationMs: 10,
    } as const;
    const first = await client.createOptimizationRun(aRun(projectId, { ...scored, finalScore: 0.7 }));
    const second = await client.createOptimizationRun(aRun(projectId, { ...scored, finalScore: 0.9, durationMs: 30 }));
    await client.createOptimizationRun(aRun(projectId, { status: 'completed', config: { metric: 'f1' } }));
    const running = await client.createOptimizationRun(aRun(projectId, { status: 'running' }));
    expect(await client.getOptimizationAnalytics(projectId)).toEqual([]);
    await client.refreshOptimizationAnalytics();
    const [completed, other, ...rest] = await client.getOptimizationAnalytics(projectId);
    expect(rest).toEqual([]);
    expectShape(OptimizationAnalyticsSchema, completed);
    expect(completed).toMatchObject({
      projectId,
      optimizerType: 'gepa',
      metric: 'f1',
      status: 'completed',
      totalRuns: 3,
      avgFinalScore: 0.8,
      maxFinalScore: 0.9,
      avgImprovement: 0.3,
      avgDurationMs: 20,
      totalSamplesEvaluated: 20,
      totalTokensUsed: 200,
      totalCostUsd: 0.5,
      firstRunAt: first.createdAt,
    });
    expect(Date.parse(completed?.refreshedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(second.createdAt));
    expect(other).toMatchObject({
      metric: null,
      status: 'running',
      totalRuns: 1,
      avgFinalScore: null,
      maxFinalScore: null,
      avgDurationMs: null,
      totalTokensUsed: 0,
      firstRunAt: running.createdAt,
      lastRunAt: running.createdAt,
    });

    await client.updateOptimizationRun(running.id, { status: 'completed', finalScore: 0 });
    await client.deleteOptimizationRun(second.id);
    expect(await client.getOptimizationAnalytics(projectId)).toMatchObject([{ totalRuns: 3 }, { status: 'running' }]);
    await client.refreshOptimizationAnalytics();
    expect(await client.getOptimizationAnalytics(projectId)).toMatchObject([
      { metric: 'f1', totalRuns: 2, maxFinalScore: 0.7, avgFinalScore: 0.7 },
      { metric: null, status: 'completed', totalRuns: 1, maxFinalScore: 0, avgFinalScore: 0 },
    ]);
    expect(await client.getOptimizationAnalytics(newProject())).toEqual([]);
  });
});
