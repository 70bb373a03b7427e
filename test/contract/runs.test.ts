import { describe, expect, test } from 'vitest';
import { OptimizationRunSchema, type UpdateOptimizationRunInput } from '../../src/schemas/index.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, useTrail } from '../support/trails.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const EVERYTHING = {
  runName: 'everything "said" — ünïcödé 🎯',
  optimizerType: 'miprov2',
  config: {
    optimizer: 'miprov2',
    metric: 'accuracy',
    model_config: { model: 'gpt-4', temperature: 0.7 },
    miprov2: { num_candidates: 10 },
    unknown: [1, null, 'x', { deep: [1e-7, -0.5, 123456789012, true] }],
  },
  direction: 'minimize',
  scoreMax: 100,
  status: 'running',
  tags: ['experiment-1', 'production', 'with, comma', 'with "quote"', 'back\\slash', 'NULL', '{}'],
  notes: 'first line\nsecond line',
  metadata: { owner: 'me', nested: { a: [] } },
  evalSetHash: 'abc',
  startTime: '2026-01-02T03:04:05.678Z',
  endTime: '2026-01-02T03:05:05.678Z',
  errorMessage: 'm',
  errorStack: 's',
  initialScore: 50,
  finalScore: 40,
  bestIteration: 3,
  iterations: 4,
  samplesEvaluated: 5,
  successfulSamples: 3,
  failedSamples: 2,
  totalTokens: 9007199254740991,
  totalCostUsd: 0.0000000001,
  avgLatencyMs: 12.5,
  durationMs: 61000.25,
} as const;

/** For each field that may change: a value, another, and whether null empties it. */
const CHANGES: {
  [K in keyof UpdateOptimizationRunInput]-?: [UpdateOptimizationRunInput[K], UpdateOptimizationRunInput[K], 'null empties' | 'never null'];
} = {
  runName: ['one', 'two', 'never null'],
  status: ['running', 'failed', 'never null'],
  tags: [['a'], [], 'never null'],
  notes: ['one', '', 'null empties'],
  metadata: [{ a: 1 }, {}, 'never null'],
  evalSetHash: ['one', 'two', 'null empties'],
  startTime: ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', 'null empties'],
  endTime: ['2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z', 'null empties'],
  errorMessage: ['one', 'two', 'null empties'],
  errorStack: ['one', 'two', 'null empties'],
  initialScore: [0.5, 0, 'null empties'],
  finalScore: [0.5, 0, 'null empties'],
  bestIteration: [1, 0, 'null empties'],
  avgLatencyMs: [1.5, 0, 'null empties'],
  durationMs: [1.5, 0, 'null empties'],
  iterations: [2, 0, 'never null'],
  samplesEvaluated: [2, 0, 'never null'],
  successfulSamples: [2, 0, 'never null'],
  failedSamples: [2, 0, 'never null'],
  totalTokens: [2, 0, 'never null'],
  totalCostUsd: [2, 0, 'never null'],
};
const COUNTS = ['iterations', 'samplesEvaluated', 'successfulSamples', 'failedSamples', 'totalTokens', 'totalCostUsd'] as const;

describe.each(DOORS)('runs on $name', (install) => {
  const trail = useTrail(install);

  test('a run of which little is said has a default or null for everything else', async () => {
    const projectId = newProject();
    const run = await trail.client.createOptimizationRun(aRun(projectId));
    expectShape(OptimizationRunSchema, run);
    expect(run).toEqual({
      id: expect.stringMatching(UUID_V7),
      projectId,
      runName: 'a run',
      optimizerType: 'gepa',
      status: 'pending',
      attempt: 1,
      direction: 'maximize',
      scoreMax: 1,
      metric: null,
      model: null,
      config: {},
      tags: [],
      notes: null,
      metadata: {},
      parentRunId: null,
      evalSetHash: null,
      initialScore: null,
      finalScore: null,
      bestScore: null,
      bestIteration: null,
      bestDeclared: false,
      improvement: null,
      improvementPct: null,
      iterations: 0,
      samplesEvaluated: 0,
      successfulSamples: 0,
      failedSamples: 0,
      totalTokens: 0,
      totalCostUsd: 0,
      avgLatencyMs: null,
      startTime: null,
      endTime: null,
      durationMs: null,
      heartbeatAt: null,
      errorMessage: null,
      errorStack: null,
      createdBy: null,
      createdAt: expect.stringMatching(ISO),
      updatedAt: expect.stringMatching(ISO),
    });
    expect(await trail.client.getOptimizationRun(run.id)).toEqual(run);
  });

  test('everything that is said comes back as it was said', async () => {
    const projectId = newProject();
    const parent = await trail.client.createOptimizationRun(aRun(projectId));
    const run = await trail.client.createOptimizationRun({ projectId, parentRunId: parent.id, ...EVERYTHING });
    expect(run).toMatchObject({ projectId, parentRunId: parent.id, ...EVERYTHING, metric: 'accuracy', model: 'gpt-4', bestDeclared: true });
    expect(Object.keys(run.config)).toHaveLength(Object.keys(EVERYTHING.config).length);
    expect(await trail.client.getOptimizationRun(run.id, { projectId })).toEqual(run);
  });

  test('a time may be a Date or text with any offset, and is kept in UTC', async () => {
    const run = await trail.client.createOptimizationRun(
      aRun(newProject(), { startTime: '2026-06-01T12:00:00+05:30', endTime: new Date('2026-06-01T08:00:00Z') }),
    );
    expect(run).toMatchObject({ startTime: '2026-06-01T06:30:00.000Z', endTime: '2026-06-01T08:00:00.000Z', durationMs: 5_400_000 });
  });

  test('tags are distinct, in the order given', async () => {
    const run = await trail.client.createOptimizationRun(aRun(newProject(), { tags: ['b', 'a', 'b'] }));
    expect(run.tags).toEqual(['b', 'a']);
  });

  test('zero is a score and comes back as 0', async () => {
    const run = await trail.client.createOptimizationRun(aRun(newProject(), { status: 'completed', initialScore: 0, finalScore: 0 }));
    expect(run).toMatchObject({ initialScore: 0, finalScore: 0, improvement: 0, improvementPct: null });
    const updated = await trail.client.updateOptimizationRun(run.id, { initialScore: 1, durationMs: 0, avgLatencyMs: 0, bestIteration: 0 });
    expect(updated).toMatchObject({
      finalScore: 0,
      improvement: -1,
      improvementPct: -100,
      durationMs: 0,
      avgLatencyMs: 0,
      bestIteration: 0,
    });
  });

  test('a score comes back to its last bit', async () => {
    for (const score of [0.1 + 0.2, 1 / 3, 5e-324, 1e100, -Number.MIN_VALUE, Number.EPSILON, 0.1 * 3e10]) {
      const run = await trail.client.createOptimizationRun(aRun(newProject(), { finalScore: score, avgLatencyMs: Math.abs(score) % 1e12 }));
      expect(run).toMatchObject({ finalScore: score, avgLatencyMs: Math.abs(score) % 1e12 });
    }
  });

  test('the same id again returns the stored run unchanged, whatever else is said', async () => {
    const projectId = newProject();
    const first = await trail.client.createOptimizationRun(aRun(projectId, { runName: 'first', status: 'running' }));
    const again = await trail.client.createOptimizationRun(aRun(projectId, { id: first.id, runName: 'second', finalScore: 1 }));
    expect(again).toEqual(first);
    const upperCase = await trail.client.createOptimizationRun(aRun(projectId, { id: first.id.toUpperCase() }));
    expect(upperCase).toEqual(first);
    expect(await trail.client.listOptimizationRuns({ projectId, count: true })).toMatchObject({ total: 1 });
  });

  test('one id created many times at once makes one run', async () => {
    const projectId = newProject();
    const { id } = await trail.client.createOptimizationRun(aRun(projectId));
    const input = aRun(projectId, { id: id.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) });
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => trail.client.createOptimizationRun({ ...input, runName: `run ${index}` })),
    );
    expect(new Set(all.map((run) => JSON.stringify(run))).size).toBe(1);
  });

  test('a trusted caller creates an unknown project by naming it', async () => {
    const projectId = newProject();
    await Promise.all([1, 2, 3].map(() => trail.client.createOptimizationRun(aRun(projectId))));
    const projects = await trail.client.listProjects();
    expect(projects.filter(({ id }) => id === projectId)).toEqual([
      { id: projectId, name: projectId, createdAt: expect.stringMatching(ISO), runs: 3 },
    ]);
  });

  test('metric and model follow from the configuration', async () => {
    const projectId = newProject();
    const configs = [
      [{ metric: 'f1', model_config: { model: 'a' }, model: 'b' }, 'f1', 'a'],
      [{ metric: '', model: 'b' }, null, 'b'],
      [{ model_config: {} }, null, null],
    ] as const;
    for (const [config, metric, model] of configs) {
      expect(await trail.client.createOptimizationRun(aRun(projectId, { config }))).toMatchObject({ metric, model, config });
    }
  });

  test.each(Object.entries(CHANGES))('%s can be changed, and changes nothing else', async (field, [one, two, whenNull]) => {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject()));
    const changed = await trail.client.updateOptimizationRun(id, { [field]: one });
    expect(changed).toMatchObject({ [field]: one });
    const again = await trail.client.updateOptimizationRun(id, { [field]: two });
    expect(again).toMatchObject({ [field]: two });
    const untouched = await trail.client.updateOptimizationRun(id, field === 'notes' ? { evalSetHash: 'x' } : { notes: 'x' });
    expect(untouched).toMatchObject({ [field]: two });
    expect(await trail.client.getOptimizationRun(id)).toEqual(untouched);
    if (whenNull === 'null empties') {
      expect(await trail.client.updateOptimizationRun(id, { [field]: null })).toMatchObject({ [field]: null });
    }
  });

  test.each(COUNTS)('a declared %s of null declares nothing any more', async (field) => {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject(), { [field]: 7 }));
    expect(await trail.client.updateOptimizationRun(id, { [field]: null })).toMatchObject({ [field]: 0 });
  });

  test('an update that says nothing returns the run', async () => {
    const run = await trail.client.createOptimizationRun(aRun(newProject()));
    expect(await trail.client.updateOptimizationRun(run.id, {})).toEqual(run);
    expect(await trail.client.updateOptimizationRun(run.id, { notes: undefined })).toEqual(run);
  });

  test('a completed run is renamed, tagged and annotated, and then deleted', async () => {
    const { id, projectId } = await trail.client.createOptimizationRun(aRun(newProject(), { status: 'completed', tags: ['a'] }));
    const changes = {
      runName: 'Ärzte vs. “bots”',
      tags: ['b', 'winner'],
      notes: 'the refund rule made the difference',
      metadata: { ticket: 7 },
    };
    expect(await trail.client.updateOptimizationRun(id, changes)).toMatchObject({ ...changes, status: 'completed' });
    expect((await trail.client.listOptimizationRuns({ projectId, tags: ['winner'] })).data).toMatchObject([{ id, ...changes }]);
    expect(await trail.client.updateOptimizationRun(id, { tags: [], notes: null })).toMatchObject({ tags: [], notes: null });
    expect(await trail.client.deleteOptimizationRun(id)).toBe(true);
    expect(await trail.client.getOptimizationRun(id)).toBeNull();
    expect(await trail.client.deleteOptimizationRun(id)).toBe(false);
  });

  test('an update moves updatedAt, by the clock of the database', async () => {
    const run = await trail.client.createOptimizationRun(aRun(newProject()));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const updated = await trail.client.updateOptimizationRun(run.id, { notes: 'x' });
    expect(updated.updatedAt > run.updatedAt).toBe(true);
    expect(updated.createdAt).toBe(run.createdAt);
  });

  test('progress declares figures and is a sign of life', async () => {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject(), { status: 'running' }));
    const progress = {
      iterations: 3,
      samplesEvaluated: 30,
      successfulSamples: 28,
      failedSamples: 2,
      totalTokens: 900,
      totalCostUsd: 0.25,
      avgLatencyMs: 8,
    };
    const run = await trail.client.updateRunProgress(id, progress);
    expect(run).toMatchObject({ ...progress, status: 'running', heartbeatAt: expect.stringMatching(ISO) });
    const later = await trail.client.updateRunProgress(id, {});
    expect(later.heartbeatAt !== null && later.heartbeatAt >= (run.heartbeatAt ?? '')).toBe(true);
    expect(later).toMatchObject(progress);
  });

  test('a run that is not there is null to read, false to delete, and not_found to change', async () => {
    const { client } = trail;
    expect(await client.getOptimizationRun(ABSENT)).toBeNull();
    expect(await client.getOptimizationRunSummary(ABSENT)).toBeNull();
    expect(await client.getBestIteration(ABSENT)).toBeNull();
    expect(await client.getOptimizationIterations(ABSENT)).toEqual([]);
    expect(await client.getOptimizationSamples(ABSENT)).toEqual([]);
    expect(await client.deleteOptimizationRun(ABSENT)).toBe(false);
    const missing = { code: 'not_found', path: 'runId', retryable: false };
    await expect(client.updateOptimizationRun(ABSENT, { notes: 'x' })).rejects.toMatchObject(missing);
    await expect(client.updateOptimizationRun(ABSENT, {})).rejects.toMatchObject(missing);
    await expect(client.updateRunProgress(ABSENT, { iterations: 1 })).rejects.toMatchObject(missing);
    await expect(client.updateOptimizationRun(ABSENT, { notes: 'x' }, { projectId: newProject() })).rejects.toMatchObject(missing);
  });

  test('a run in another project than the one named is not there', async () => {
    const { client } = trail;
    const { id } = await client.createOptimizationRun(aRun(newProject()));
    const elsewhere = { projectId: newProject() };
    expect(await client.getOptimizationRun(id, elsewhere)).toBeNull();
    expect(await client.deleteOptimizationRun(id, elsewhere)).toBe(false);
    await expect(client.updateOptimizationRun(id, { notes: 'x' }, elsewhere)).rejects.toMatchObject({ code: 'not_found' });
    expect(await client.getOptimizationRun(id)).toMatchObject({ notes: null });
  });

  test('deleting a run takes its iterations and samples with it, and leaves its children without a parent', async () => {
    const { client, sql } = trail;
    const projectId = newProject();
    const { id } = await client.createOptimizationRun(aRun(projectId));
    const child = await client.createOptimizationRun(aRun(projectId, { parentRunId: id }));
    await client.createOptimizationSample({ runId: id, iteration: 1, sampleIndex: 0, input: 'x' });
    expect(await client.deleteOptimizationRun(id)).toBe(true);
    expect(await client.deleteOptimizationRun(id)).toBe(false);
    expect(await client.getOptimizationRun(id)).toBeNull();
    const [left] = await sql(
      `select (select count(*) from optimization_iterations where run_id = $1) as iterations,
        (select count(*) from optimization_samples where run_id = $1) as samples`,
      [id],
    );
    expect(left).toEqual({ iterations: 0, samples: 0 });
    expect(await client.getOptimizationRun(child.id)).toMatchObject({ parentRunId: null });
  });

  test('a parent run must be a run of the same project', async () => {
    const { client } = trail;
    const foreign = await client.createOptimizationRun(aRun(newProject()));
    const projectId = newProject();
    for (const parentRunId of [ABSENT, foreign.id]) {
      const attempt = client.createOptimizationRun(aRun(projectId, { parentRunId }));
      await expect(attempt).rejects.toMatchObject({ code: 'constraint_violation', constraint: 'optimization_runs_parent_fkey' });
    }
  });
});
