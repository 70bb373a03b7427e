import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CreateOptimizationSampleInput, OptimizationSampleSchema } from '../../src/schemas/index.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, THREADED, type Trail, useTrail } from '../support/trails.js';

const EVERYTHING = {
  input: { ticket: 'Cannot log in — „hilfe“ 🎯', n: [1e-7, 0, null] },
  expectedOutput: 'auth',
  predictedOutput: { label: 'billing' },
  score: -3.5,
  scores: { f1: 0 },
  success: true,
  latencyMs: 12.125,
  promptTokens: 100,
  completionTokens: 20,
  totalTokens: 2147483647,
  costUsd: 0.0000000001,
  errorMessage: 'late',
  feedback: 'close',
  exampleId: 'ticket-17',
  split: 'validation',
  metadata: { attempt: 2 },
} as const;

/** What is said, and whether the sample failed. */
const FAILURES = [
  [{}, false],
  [{ score: 0 }, false],
  [{ errorMessage: 'boom' }, true],
  [{ success: true, errorMessage: 'a warning' }, false],
  [{ success: false }, true],
  [{ success: false, score: 1 }, true],
  [{ success: null, errorMessage: null }, false],
] as const;

/** Examples that are one example, and examples that are not. */
const SAME = [
  { input: { a: 1, b: [2] }, expectedOutput: 'x' },
  { expectedOutput: 'x', input: { b: [2], a: 1.0 } },
];
const DIFFERENT = [
  { input: 'x' },
  { input: 'x', expectedOutput: null },
  { input: 'x', expectedOutput: 'x' },
  { expectedOutput: 'x' },
  { input: ['x'] },
  { input: { input: 'x' } },
  { input: null },
  { input: '1' },
  { input: 1 },
];

async function runIn({ client }: Trail, projectId = newProject()): Promise<string> {
  return (await client.createOptimizationRun(aRun(projectId))).id;
}

async function examplesIn({ sql }: Trail, projectId: string): Promise<unknown> {
  const [row] = await sql('select count(*) as examples from optimization_examples where project_id = $1', [projectId]);
  return row?.examples;
}

function samplesOf(runId: string, count: number, rest: Partial<CreateOptimizationSampleInput> = {}): CreateOptimizationSampleInput[] {
  return Array.from({ length: count }, (_, sampleIndex) => ({ runId, iteration: 1, sampleIndex, ...rest }));
}

describe.each([...DOORS, ...THREADED])('samples on $name', (install) => {
  const trail = useTrail(install);

  test('a sample of which little is said is null everywhere else', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const sample = await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0 });
    expectShape(OptimizationSampleSchema.omit({ exampleHash: true }), sample);
    const { createdAt: _, ...rest } = sample;
    expect(rest).toEqual({
      runId,
      projectId,
      iteration: 1,
      sampleIndex: 0,
      failed: false,
      ...Object.fromEntries(Object.keys(EVERYTHING).map((name) => [name, null])),
    });
    expect(await trail.client.getOptimizationSamples(runId)).toEqual([sample]);
    expect(await examplesIn(trail, projectId)).toBe(0);
  });

  test('everything that is said comes back as it was said, alone and in a batch', async () => {
    const runId = await runIn(trail);
    const sample = await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 2147483647, ...EVERYTHING });
    expect(sample).toMatchObject({ sampleIndex: 2147483647, failed: false, ...EVERYTHING });
    await trail.client.batchCreateOptimizationSamples([{ runId, iteration: 2, sampleIndex: 0, ...EVERYTHING }]);
    expect(await trail.client.getOptimizationSamples(runId, 2)).toMatchObject([EVERYTHING]);
  });

  test.each(FAILURES)('of %j the sample is failed: %s', async (said, failed) => {
    const runId = await runIn(trail);
    expect(await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, ...said })).toMatchObject({ failed });
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({
      samplesEvaluated: 1,
      failedSamples: Number(failed),
      successfulSamples: Number(!failed),
    });
  });

  test('zero comes back as 0', async () => {
    const runId = await runIn(trail);
    const zeros = {
      score: 0,
      scores: { f1: 0 },
      latencyMs: 0,
      promptTokens: 0,
      completionTokens: 0,
      totalTokens: 0,
      costUsd: 0,
      input: 0,
      expectedOutput: false,
      predictedOutput: '',
    };
    expect(await trail.client.createOptimizationSample({ runId, iteration: 0, sampleIndex: 0, ...zeros })).toMatchObject({
      ...zeros,
      success: null,
    });
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ avgLatencyMs: 0, totalTokens: 0 });
  });

  test('a batch answers how many rows are new; those that exist stay as they are and count once', async () => {
    const runId = await runIn(trail);
    const { client } = trail;
    expect(await client.batchCreateOptimizationSamples(samplesOf(runId, 5, { score: 1, totalTokens: 2 }))).toEqual({
      stored: 5,
      existing: 0,
    });
    expect(await client.batchCreateOptimizationSamples(samplesOf(runId, 8, { score: 0, totalTokens: 9 }))).toEqual({
      stored: 3,
      existing: 5,
    });
    expect(await client.batchCreateOptimizationSamples(samplesOf(runId, 8))).toEqual({ stored: 0, existing: 8 });
    expect((await client.getOptimizationSamples(runId)).map(({ score }) => score)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(await client.getOptimizationRun(runId)).toMatchObject({ samplesEvaluated: 8, totalTokens: 5 * 2 + 3 * 9 });
    const again = await client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, score: 0.3, input: 'other' });
    expect(again).toMatchObject({ score: 1, input: null });
  });

  test('of one index twice in a batch the first is stored', async () => {
    const runId = await runIn(trail);
    const twice = [0.1, 0.2].map((score) => ({ runId, iteration: 1, sampleIndex: 0, score }));
    expect(await trail.client.batchCreateOptimizationSamples(twice)).toEqual({ stored: 1, existing: 1 });
    expect(await trail.client.getOptimizationSamples(runId)).toMatchObject([{ score: 0.1 }]);
  });

  test('an empty batch stores nothing', async () => {
    expect(await trail.client.batchCreateOptimizationSamples([])).toEqual({ stored: 0, existing: 0 });
  });

  test('a batch may hold samples of several runs, projects and iterations', async () => {
    const [one, two] = [await runIn(trail), await runIn(trail)];
    const batch = [one, two, one].flatMap((runId, iteration) =>
      [0, 1].map((sampleIndex) => ({ runId, iteration, sampleIndex, input: sampleIndex })),
    );
    expect(await trail.client.batchCreateOptimizationSamples(batch)).toEqual({ stored: 6, existing: 0 });
    expect(await trail.client.getOptimizationRun(one)).toMatchObject({ iterations: 2, samplesEvaluated: 4 });
    expect(await trail.client.getOptimizationRun(two)).toMatchObject({ iterations: 1, samplesEvaluated: 2 });
  });

  test('a batch is stored whole or not at all, however many statements it takes', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const wrong: [CreateOptimizationSampleInput, string][] = [
      [{ runId: ABSENT, iteration: 1, sampleIndex: 0 }, 'not_found'],
      [{ runId: ABSENT, projectId, iteration: 1, sampleIndex: 0 }, 'not_found'],
    ];
    for (const [last, code] of wrong) {
      const batch = [...samplesOf(runId, 2500, { input: 'x' }), last];
      await expect(trail.client.batchCreateOptimizationSamples(batch)).rejects.toMatchObject({ code });
    }
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ iterations: 0, samplesEvaluated: 0 });
    expect(await examplesIn(trail, projectId)).toBe(0);
    expect(await trail.client.batchCreateOptimizationSamples(samplesOf(runId, 2500, { input: 'x' }))).toEqual({
      stored: 2500,
      existing: 0,
    });
    expect(await examplesIn(trail, projectId)).toBe(1);
    expect(await trail.client.getOptimizationSamples(runId, 1, 2500)).toHaveLength(2500);
  });

  test('samples that come before their iteration make a placeholder, which takes the id they say', async () => {
    const runId = await runIn(trail);
    const iterationId = '01900000-0000-7000-8000-0000000000aa';
    await trail.client.createOptimizationSample({ runId, iteration: 3, iterationId, sampleIndex: 0, score: 1 });
    const [placeholder] = await trail.client.getOptimizationIterations(runId);
    expect(placeholder).toMatchObject({ id: iterationId, iteration: 3, status: 'running', score: null });
    expect(await trail.client.getBestIteration(runId)).toBeNull();
  });

  test('an iterationId that is not that of the iteration is a conflict, and nothing is stored', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const { client } = trail;
    const first = await client.createOptimizationIteration({ runId, iteration: 1, score: 1 });
    expect(await client.createOptimizationSample({ runId, iteration: 1, iterationId: first.id, sampleIndex: 0 })).toMatchObject({
      iteration: 1,
    });
    const wrong = { runId, sampleIndex: 1, input: 'x' };
    await expect(client.createOptimizationSample({ ...wrong, iteration: 1, iterationId: ABSENT })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(client.createOptimizationSample({ ...wrong, iteration: 2, iterationId: first.id })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await client.getOptimizationRun(runId)).toMatchObject({ iterations: 1, samplesEvaluated: 1 });
    expect(await examplesIn(trail, projectId)).toBe(0);
  });

  test('samples come by iteration and index, and can be asked for in part', async () => {
    const runId = await runIn(trail);
    const keys = [2, 1, 10].flatMap((iteration) => [11, 0, 2].map((sampleIndex) => ({ iteration, sampleIndex })));
    await trail.client.batchCreateOptimizationSamples(keys.map((key) => ({ runId, ...key, success: key.sampleIndex !== 0 })));
    const read = async (...args: [iteration?: number, limit?: number, options?: { failed?: boolean }]) =>
      (await trail.client.getOptimizationSamples(runId, ...args)).map(({ iteration, sampleIndex }) => `${iteration}.${sampleIndex}`);
    expect(await read()).toEqual(['1.0', '1.2', '1.11', '2.0', '2.2', '2.11', '10.0', '10.2', '10.11']);
    expect(await read(2)).toEqual(['2.0', '2.2', '2.11']);
    expect(await read(undefined, 4)).toEqual(['1.0', '1.2', '1.11', '2.0']);
    expect(await read(2, 2)).toEqual(['2.0', '2.2']);
    expect(await read(undefined, undefined, { failed: true })).toEqual(['1.0', '2.0', '10.0']);
    expect(await read(2, undefined, { failed: false })).toEqual(['2.2', '2.11']);
    expect(await read(99)).toEqual([]);
  });

  test('without a limit a thousand samples come', async () => {
    const runId = await runIn(trail);
    await trail.client.batchCreateOptimizationSamples(samplesOf(runId, 1001));
    expect(await trail.client.getOptimizationSamples(runId)).toHaveLength(1000);
    expect(await trail.client.getOptimizationSamples(runId, undefined, 100_000)).toHaveLength(1001);
  });

  test('an example used a hundred times is stored once a project', async () => {
    const projectId = newProject();
    const [one, two, stranger] = [await runIn(trail, projectId), await runIn(trail, projectId), await runIn(trail)];
    const example = { input: { text: 'the same' }, expectedOutput: 'label' };
    for (const iteration of [1, 2]) await trail.client.batchCreateOptimizationSamples(samplesOf(one, 49, { iteration, ...example }));
    for (const runId of [one, two]) await trail.client.createOptimizationSample({ runId, iteration: 3, sampleIndex: 0, ...example });
    expect(await examplesIn(trail, projectId)).toBe(1);
    await trail.client.createOptimizationSample({ runId: stranger, iteration: 1, sampleIndex: 0, ...example });
    expect(await trail.client.getOptimizationSamples(stranger)).toMatchObject([example]);
    for (const sample of await trail.client.getOptimizationSamples(one)) expect(sample).toMatchObject(example);
  });

  test('examples are one where their values are equal, and several where anything differs', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const batch = [...SAME, ...DIFFERENT].map((example, sampleIndex) => ({ runId, iteration: 1, sampleIndex, ...example }));
    await trail.client.batchCreateOptimizationSamples(batch);
    expect(await examplesIn(trail, projectId)).toBe(1 + DIFFERENT.length);
    const stored = await trail.client.getOptimizationSamples(runId);
    expect(stored.map(({ input, expectedOutput }) => ({ input, expectedOutput }))).toEqual(
      batch.map(({ input = null, expectedOutput = null }: CreateOptimizationSampleInput) => ({ input, expectedOutput })),
    );
  });

  test('the hash of an example comes where it is asked for: SHA-256 of its RFC 8785 text', async () => {
    const runId = await runIn(trail);
    const sample = { runId, iteration: 1, sampleIndex: 0, input: { b: 1.5e300, a: '\u00e9\n' }, expectedOutput: [true] };
    expect(await trail.client.createOptimizationSample(sample)).not.toHaveProperty('exampleHash');
    const text = '{"expectedOutput":[true],"input":{"a":"\u00e9\\n","b":1.5e+300}}';
    const exampleHash = createHash('sha256').update(text, 'utf8').digest('hex');
    expect(await trail.client.getOptimizationSamples(runId, 1, 1, { hashes: true })).toMatchObject([{ exampleHash }]);
    await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 1 });
    expect(await trail.client.getOptimizationSamples(runId, 1, 2, { hashes: true })).toMatchObject([
      { exampleHash },
      { exampleHash: null },
    ]);
  });

  test('an example that the client has sent before is stored again where the project was deleted meanwhile', async () => {
    const projectId = newProject();
    const { client, sql } = trail;
    const example = { iteration: 1, input: 'remembered' };
    await client.createOptimizationSample({ runId: await runIn(trail, projectId), sampleIndex: 0, ...example });
    await sql('delete from optimization_projects where id = $1', [projectId]);
    const runId = await runIn(trail, projectId);
    expect(await client.createOptimizationSample({ runId, sampleIndex: 0, ...example })).toMatchObject(example);
    await sql('delete from optimization_projects where id = $1', [projectId]);
    const third = await runIn(trail, projectId);
    expect(await client.batchCreateOptimizationSamples(samplesOf(third, 2500, example))).toEqual({ stored: 2500, existing: 0 });
  });

  test('what a refused batch sent is not remembered as stored', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const example = { input: 'sent in vain' };
    const batch = [...samplesOf(runId, 1500, example), { runId: ABSENT, projectId, iteration: 1, sampleIndex: 0 }];
    await expect(trail.client.batchCreateOptimizationSamples(batch)).rejects.toMatchObject({ code: 'not_found' });
    expect(await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, ...example })).toMatchObject(example);
  });
});
