import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { IterationReadOptions } from '../../src/client/port.js';
import { OptimizationIterationSchema, type UpdateOptimizationIterationInput } from '../../src/schemas/index.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, type Trail, useTrail } from '../support/trails.js';

const EVERYTHING = {
  score: -12.5,
  scores: { recall: 0, precision: 1e100 },
  params: { instruction: 3, demos: [1, 2], nested: { temperature: 0.7 } },
  program: { prompt: 'Sort the ticket — „kurz“ 🎯', demos: [{ q: 'a', a: null }] },
  evalKind: 'minibatch',
  status: 'pruned',
  decision: 'rejected',
  decisionReason: 'worse than its parent',
  parentIterations: [3, 1],
  isBaseline: true,
  startTime: '2026-01-02T03:04:05.678Z',
  endTime: '2026-01-02T03:04:06.678Z',
  durationMs: 999.5,
  promptTokens: 10,
  completionTokens: 5,
  totalTokens: 9007199254740991,
  costUsd: 0.0000000001,
  errorMessage: 'm',
  metadata: { round: 2 },
} as const;

/** For each field that may change: a value, another, and whether null empties it. */
const CHANGES: {
  [K in keyof UpdateOptimizationIterationInput]-?: [
    UpdateOptimizationIterationInput[K],
    UpdateOptimizationIterationInput[K],
    'null empties' | 'never null',
  ];
} = {
  score: [0.5, 0, 'null empties'],
  scores: [{ a: 0 }, {}, 'null empties'],
  params: [{ a: [1] }, {}, 'never null'],
  program: [{ prompt: 'one' }, 'two', 'never null'],
  programText: ['{ "b": 1.0, "a": 2 }', '[2.0]', 'never null'],
  evalKind: ['test', 'full', 'never null'],
  status: ['failed', 'completed', 'never null'],
  decision: ['accepted', 'rejected', 'null empties'],
  decisionReason: ['one', 'two', 'null empties'],
  parentIterations: [[1, 2], [], 'never null'],
  isBaseline: [true, false, 'never null'],
  startTime: ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', 'null empties'],
  endTime: ['2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z', 'null empties'],
  durationMs: [1.5, 0, 'null empties'],
  promptTokens: [1, 0, 'null empties'],
  completionTokens: [1, 0, 'null empties'],
  totalTokens: [1, 0, 'null empties'],
  costUsd: [1, 0, 'null empties'],
  errorMessage: ['one', '', 'null empties'],
  metadata: [{ a: 1 }, {}, 'never null'],
};

/** What is said of an iteration, and the status that follows. */
const STATUSES = [
  [{}, 'running'],
  [{ score: null }, 'running'],
  [{ score: 0 }, 'completed'],
  [{ errorMessage: 'boom' }, 'failed'],
  [{ score: 0.5, errorMessage: 'one example failed' }, 'completed'],
  [{ score: 0.5, status: 'running' }, 'running'],
  [{ status: 'completed' }, 'completed'],
] as const;

async function runIn({ client }: Trail, projectId = newProject()): Promise<string> {
  return (await client.createOptimizationRun(aRun(projectId))).id;
}

describe.each(DOORS)('iterations on $name', (install) => {
  const trail = useTrail(install);

  test('an iteration of which little is said has a default or null for everything else', async () => {
    const projectId = newProject();
    const runId = await runIn(trail, projectId);
    const iteration = await trail.client.createOptimizationIteration({ runId, iteration: 0 });
    expectShape(OptimizationIterationSchema.omit({ programHash: true }), iteration);
    expect(iteration).toMatchObject({
      runId,
      projectId,
      iteration: 0,
      status: 'running',
      evalKind: 'full',
      score: null,
      scores: null,
      params: {},
      program: null,
      decision: null,
      parentIterations: [],
      isBaseline: false,
      startTime: null,
      durationMs: null,
      totalTokens: null,
      costUsd: null,
      errorMessage: null,
      metadata: {},
    });
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([iteration]);
  });

  test('everything that is said comes back as it was said', async () => {
    const runId = await runIn(trail);
    const iteration = await trail.client.createOptimizationIteration({ runId, iteration: 2147483647, ...EVERYTHING });
    expect(iteration).toMatchObject({ iteration: 2147483647, ...EVERYTHING });
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([iteration]);
  });

  test('a program comes back to the byte: order of keys, forms of numbers, white space', async () => {
    const runId = await runIn(trail);
    const programText =
      '{"writer": {"id": 1234567890123456789, "n": 10.0, "e": 1E2},\n "question": "x", "answer": "\\u00e9 e1000", "10": 0.0}';
    const program = JSON.parse(programText);
    const created = await trail.client.createOptimizationIteration({ runId, iteration: 0, programText, score: 1 });
    expect(created).toMatchObject({ programText, program });
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([created]);
    expect(await trail.client.getBestIteration(runId)).toEqual(created);
    expect(await trail.client.getOptimizationPrograms(runId)).toMatchObject([
      { programText, program, programHash: createHash('sha256').update(programText).digest('hex') },
    ]);
    const [listed] = await trail.client.getOptimizationIterations(runId, { programs: false });
    expect(listed).toMatchObject({ program: null, programText: null });
  });

  test('a program given as a value has the text of JSON.stringify, keys in their order; a text given beside it wins', async () => {
    const runId = await runIn(trail);
    const program = { question: 'q', answer: { z: 1, a: [null] } };
    const created = await trail.client.createOptimizationIteration({ runId, iteration: 0, program });
    // JSON.stringify gives the text, which is not sent a second time.
    expect(created).toMatchObject({ program, programText: null });
    expect(Object.keys(created.program as object)).toEqual(['question', 'answer']);
    const changed = await trail.client.updateOptimizationIteration(runId, 0, { program: 'other', programText: '[1.50]' });
    expect(changed).toMatchObject({ program: [1.5], programText: '[1.50]' });
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([changed]);
  });

  test.each([
    ['{"a":', 'is not JSON'],
    ['NaN', 'is not JSON'],
    ['{"a":[1e400]}', 'holds a value that cannot be stored at ["a",0]'],
    ['{"e500":1e-16000}', 'holds a number beyond 1e400 or 1e-400'],
    ['["\\u0000"]', 'NUL'],
    ['["\\ud800"]', 'surrogate'],
    ['['.repeat(65) + ']'.repeat(65), 'nested more than 64 deep'],
  ])('the text %s of a program is refused, and nothing is stored', async (programText, reason) => {
    const runId = await runIn(trail);
    const refused = trail.client.createOptimizationIteration({ runId, iteration: 0, programText });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input', path: 'programText', message: expect.stringContaining(reason) });
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([]);
  });

  test.each(STATUSES)('of %j the status is %s', async (said, status) => {
    const runId = await runIn(trail);
    expect(await trail.client.createOptimizationIteration({ runId, iteration: 1, ...said })).toMatchObject({ status });
  });

  test('a score of zero comes back as 0 and can be the best', async () => {
    const runId = await runIn(trail);
    const iteration = await trail.client.createOptimizationIteration({
      runId,
      iteration: 1,
      score: 0,
      scores: { recall: 0 },
      durationMs: 0,
      costUsd: 0,
      totalTokens: 0,
    });
    expect(iteration).toMatchObject({ score: 0, scores: { recall: 0 }, durationMs: 0, costUsd: 0, totalTokens: 0 });
    expect(await trail.client.getBestIteration(runId)).toEqual(iteration);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ bestScore: 0, bestIteration: 1 });
  });

  test('iterations come in the order of their numbers', async () => {
    const runId = await runIn(trail);
    for (const iteration of [10, 2, 0, 9]) await trail.client.createOptimizationIteration({ runId, iteration });
    const numbers = (await trail.client.getOptimizationIterations(runId)).map(({ iteration }) => iteration);
    expect(numbers).toEqual([0, 2, 9, 10]);
  });

  test('a page of iterations goes on behind the last one, in either direction', async () => {
    const runId = await runIn(trail);
    for (const iteration of [0, 1, 2, 3, 5]) await trail.client.createOptimizationIteration({ runId, iteration });
    const numbers = async (options: IterationReadOptions) =>
      (await trail.client.getOptimizationIterations(runId, options)).map(({ iteration }) => iteration);
    expect(await numbers({ limit: 2 })).toEqual([0, 1]);
    expect(await numbers({ limit: 2, after: 1 })).toEqual([2, 3]);
    expect(await numbers({ after: 3 })).toEqual([5]);
    expect(await numbers({ limit: 2, orderDirection: 'desc' })).toEqual([5, 3]);
    expect(await numbers({ limit: 9, orderDirection: 'desc', after: 3 })).toEqual([2, 1, 0]);
    expect(await numbers({ after: 5 })).toEqual([]);
  });

  test.each([{ limit: 0 }, { limit: 1.5 }, { after: -1 }, { orderDirection: 'down' }])('%j is no page of iterations', async (options) => {
    const [path] = Object.keys(options);
    const reading = trail.client.getOptimizationIterations(ABSENT, options as IterationReadOptions);
    await expect(reading).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path }] });
  });

  test('tokens in all follow from their parts where only those are given', async () => {
    const runId = await runIn(trail);
    const { client } = trail;
    expect(await client.createOptimizationIteration({ runId, iteration: 1, promptTokens: 3, completionTokens: 4 })).toMatchObject({
      totalTokens: 7,
    });
    expect(await client.createOptimizationIteration({ runId, iteration: 2, completionTokens: 4 })).toMatchObject({
      promptTokens: null,
      totalTokens: 4,
    });
    expect(await client.createOptimizationIteration({ runId, iteration: 3, promptTokens: 3, totalTokens: 100 })).toMatchObject({
      totalTokens: 100,
    });
    expect(await client.getOptimizationRun(runId)).toMatchObject({ totalTokens: 111 });
  });

  test('tokens learned later count too', async () => {
    const runId = await runIn(trail);
    await trail.client.createOptimizationIteration({ runId, iteration: 1 });
    await trail.client.updateOptimizationIteration(runId, 1, { promptTokens: 3, completionTokens: 4 });
    expect(await trail.client.getOptimizationIterations(runId)).toMatchObject([{ totalTokens: 7 }]);
    await trail.client.updateOptimizationIteration(runId, 1, { completionTokens: 10 });
    expect(await trail.client.getOptimizationIterations(runId)).toMatchObject([{ totalTokens: 13 }]);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ totalTokens: 13 });
  });

  test('the same id again returns the stored iteration unchanged, and counts once', async () => {
    const runId = await runIn(trail);
    const first = await trail.client.createOptimizationIteration({
      runId,
      iteration: 1,
      score: 0.5,
      totalTokens: 7,
      program: { prompt: 'first' },
    });
    const again = await trail.client.createOptimizationIteration({
      id: first.id,
      runId,
      iteration: 1,
      score: 0.9,
      totalTokens: 9,
      program: { prompt: 'second' },
    });
    expect(again).toEqual(first);
    expect(await trail.client.createOptimizationIteration({ id: first.id, runId, iteration: 1 })).toEqual(first);
    expect(await trail.client.createOptimizationIteration({ id: first.id, runId, iteration: 2, score: 1 })).toEqual(first);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ iterations: 1, totalTokens: 7, bestScore: 0.5 });
  });

  test('the same id again, after a change, returns the changed iteration', async () => {
    const runId = await runIn(trail);
    const said = { runId, iteration: 1, score: 0.5 };
    const { id } = await trail.client.createOptimizationIteration(said);
    const changed = await trail.client.updateOptimizationIteration(runId, 1, { score: 0.75 });
    expect(await trail.client.createOptimizationIteration({ id, ...said })).toEqual(changed);
  });

  test('a change that says nothing returns the iteration, and leaves a placeholder to be filled in', async () => {
    const runId = await runIn(trail);
    const iteration = await trail.client.createOptimizationIteration({ runId, iteration: 1, score: 0.5 });
    expect(await trail.client.updateOptimizationIteration(runId, 1, {})).toMatchObject({ ...iteration, updatedAt: expect.anything() });
    await trail.client.createOptimizationSample({ runId, iteration: 2, sampleIndex: 0 });
    await trail.client.updateOptimizationIteration(runId, 2, { score: undefined });
    expect(await trail.client.createOptimizationIteration({ runId, iteration: 2, score: 1 })).toMatchObject({ score: 1 });
  });

  test('the same id again returns the stored iteration, even where the number said is a placeholder', async () => {
    const runId = await runIn(trail);
    const first = await trail.client.createOptimizationIteration({ runId, iteration: 1, score: 0.5 });
    await trail.client.createOptimizationSample({ runId, iteration: 2, sampleIndex: 0 });
    expect(await trail.client.createOptimizationIteration({ id: first.id, runId, iteration: 2, score: 0.9 })).toEqual(first);
  });

  test('one id created many times at once makes one iteration', async () => {
    const runId = await runIn(trail);
    const id = ABSENT.replace(/0000$/, '0001');
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => trail.client.createOptimizationIteration({ id, runId, iteration: 1, score: index })),
    );
    expect(new Set(all.map((iteration) => JSON.stringify(iteration))).size).toBe(1);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ iterations: 1, bestScore: all[0]?.score });
  });

  test('a number that is taken is a conflict, and the stored iteration stays', async () => {
    const runId = await runIn(trail);
    const first = await trail.client.createOptimizationIteration({ runId, iteration: 1, score: 0.5 });
    const taken = { code: 'conflict', retryable: false };
    await expect(trail.client.createOptimizationIteration({ runId, iteration: 1, score: 0.9 })).rejects.toMatchObject(taken);
    await expect(trail.client.createOptimizationIteration({ id: ABSENT, runId, iteration: 1, score: 0.9 })).rejects.toMatchObject(taken);
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([first]);
  });

  test('a placeholder is filled in by its iteration, id and all, once', async () => {
    const runId = await runIn(trail);
    const id = '01900000-0000-7000-8000-00000000abcd';
    await trail.client.createOptimizationSample({ runId, iteration: 4, sampleIndex: 0, score: 1 });
    expect(await trail.client.getOptimizationIterations(runId)).toMatchObject([{ iteration: 4, status: 'running', score: null }]);
    const filled = await trail.client.createOptimizationIteration({ id, runId, iteration: 4, ...EVERYTHING });
    expect(filled).toMatchObject({ id, iteration: 4, ...EVERYTHING });
    expect(await trail.client.createOptimizationIteration({ id, runId, iteration: 4, score: 1 })).toEqual(filled);
    await expect(trail.client.createOptimizationIteration({ runId, iteration: 4 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await trail.client.getOptimizationSamples(runId, 4)).toHaveLength(1);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ iterations: 1, samplesEvaluated: 1 });
  });

  test('a program is stored once a project and comes back whole; its hash comes where it is asked for', async () => {
    const projectId = newProject();
    const { client, sql } = trail;
    const runId = await runIn(trail, projectId);
    const other = await runIn(trail, projectId);
    const text = '{"prompt":"é","a":[1,null]}';
    for (const iteration of [1, 2, 3])
      await client.createOptimizationIteration({ runId, iteration, program: { prompt: 'é', a: [1, null] } });
    await client.createOptimizationIteration({ runId: other, iteration: 1, program: { prompt: 'é', a: [1, null] }, score: 1 });
    const [count] = await sql('select count(*) as programs from optimization_programs where project_id = $1', [projectId]);
    expect(count).toEqual({ programs: 1 });
    const programHash = createHash('sha256').update(text).digest('hex');
    expect(await client.getBestIteration(other, { hashes: true })).toMatchObject({ program: JSON.parse(text), programHash });
    for (const iteration of await client.getOptimizationIterations(runId, { hashes: true })) {
      expect(iteration).toMatchObject({ program: JSON.parse(text), programHash });
    }
    expect(await client.getBestIteration(other)).not.toHaveProperty('programHash');
  });

  test.each(Object.entries(CHANGES))('%s can be changed, and changes nothing else', async (field, [one, two, whenNull]) => {
    const { client } = trail;
    const runId = await runIn(trail);
    const { id } = await client.createOptimizationIteration({ runId, iteration: 1 });
    expect(await client.updateOptimizationIteration(runId, 1, { [field]: one })).toMatchObject({ id, [field]: one });
    expect(await client.updateOptimizationIteration(runId, 1, { [field]: two })).toMatchObject({ [field]: two });
    const untouched = await client.updateOptimizationIteration(
      runId,
      1,
      field === 'decisionReason' ? { errorMessage: 'x' } : { decisionReason: 'x' },
    );
    expect(untouched).toMatchObject({ id, [field]: two });
    expect(await client.getOptimizationIterations(runId)).toEqual([untouched]);
    if (whenNull === 'null empties') {
      expect(await client.updateOptimizationIteration(runId, 1, { [field]: null })).toMatchObject({ [field]: null });
    }
  });

  test('a score completes a running iteration, and no other', async () => {
    const { client } = trail;
    const runId = await runIn(trail);
    await client.createOptimizationIteration({ runId, iteration: 1 });
    expect(await client.updateOptimizationIteration(runId, 1, { score: 0 })).toMatchObject({ status: 'completed', score: 0 });
    await client.createOptimizationIteration({ runId, iteration: 2, status: 'pruned' });
    expect(await client.updateOptimizationIteration(runId, 2, { score: 1 })).toMatchObject({ status: 'pruned' });
    expect(await client.getBestIteration(runId)).toMatchObject({ iteration: 1 });
  });

  test('changing an iteration that is not there is refused, and the database goes on', { timeout: 10_000 }, async () => {
    const { client } = trail;
    const runId = await runIn(trail);
    const attempt = { score: 1, program: { prompt: 'x' } };
    await expect(client.updateOptimizationIteration(ABSENT, 1, attempt)).rejects.toMatchObject({ code: 'not_found', path: 'runId' });
    await expect(client.updateOptimizationIteration(runId, 99, attempt)).rejects.toMatchObject({ code: 'not_found', path: 'iteration' });
    await expect(client.updateOptimizationIteration(runId, 99, attempt, { projectId: newProject() })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await client.getOptimizationIterations(runId)).toEqual([]);
  });

  test('an iteration of a run that is not there is refused', async () => {
    const { client } = trail;
    const runId = await runIn(trail);
    const missing = { code: 'not_found' };
    await expect(client.createOptimizationIteration({ runId: ABSENT, iteration: 1 })).rejects.toMatchObject(missing);
    await expect(client.createOptimizationIteration({ runId, projectId: newProject(), iteration: 1 })).rejects.toMatchObject(missing);
  });

  test('an id that another run of the project has names that iteration; in another project it is free', async () => {
    const { client } = trail;
    const projectId = newProject();
    const first = await client.createOptimizationIteration({ runId: await runIn(trail, projectId), iteration: 1, score: 1 });
    const sibling = await runIn(trail, projectId);
    expect(await client.createOptimizationIteration({ id: first.id, runId: sibling, iteration: 1 })).toEqual(first);
    const stranger = await runIn(trail);
    expect(await client.createOptimizationIteration({ id: first.id, runId: stranger, iteration: 1 })).toMatchObject({
      id: first.id,
      runId: stranger,
      score: null,
    });
  });
});
