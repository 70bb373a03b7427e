import { beforeAll, describe, expect, test } from 'vitest';
import type { CreateOptimizationIterationInput, CreateOptimizationSampleInput } from '../../src/schemas/index.js';
import { RunCurveSchema, RunProgramSchema, SampleMatrixSchema, SearchResultSchema } from '../../src/schemas/index.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, type Trail, useTrail } from '../support/trails.js';

type Said<T> = Omit<T, 'runId'>;

/** A run with these iterations and samples. */
async function runWith(
  { client }: Trail,
  projectId: string,
  iterations: Said<CreateOptimizationIterationInput>[],
  samples: Said<CreateOptimizationSampleInput>[] = [],
  rest: Parameters<typeof aRun>[1] = {},
): Promise<string> {
  const { id: runId } = await client.createOptimizationRun(aRun(projectId, rest));
  for (const iteration of iterations) await client.createOptimizationIteration({ ...iteration, runId, projectId });
  await client.batchCreateOptimizationSamples(samples.map((sample) => ({ ...sample, runId, projectId })));
  return runId;
}

/** Three iterations over examples x, y and z: x gets better, y fails in the end, z is evaluated late and twice. */
const SAMPLES: Said<CreateOptimizationSampleInput>[] = [
  { iteration: 1, sampleIndex: 0, input: 'x', score: 0 },
  { iteration: 1, sampleIndex: 1, input: 'y', score: 1, exampleId: 'the-y' },
  { iteration: 2, sampleIndex: 0, input: 'x', score: 0.5 },
  { iteration: 2, sampleIndex: 5, input: 'y', score: 1 },
  { iteration: 4, sampleIndex: 0, input: 'y', score: 1, success: false },
  { iteration: 4, sampleIndex: 1, input: 'x', score: 0.5 },
  { iteration: 4, sampleIndex: 2, input: 'z' },
  { iteration: 4, sampleIndex: 3, input: 'z', score: -1 },
];
const ITERATIONS: Said<CreateOptimizationIterationInput>[] = [
  { iteration: 1, score: 0.5 },
  { iteration: 2, score: 0.75, evalKind: 'minibatch' },
  { iteration: 3, score: 0 },
  { iteration: 4, errorMessage: 'boom' },
];

/** Where a text may stand in a program, what is asked for, and the piece that comes back. */
const FOUND: [program: unknown, asked: string, excerpt: string][] = [
  ['Answer as a support agent.', 'SUPPORT', 'Answer as a support agent.'],
  [{ deep: [{ instruction: '100% sure' }] }, '0% s', '100% sure'],
  ['say "hi"\nthen \\ stop', '"hi"\nthen \\', 'say "hi"\nthen \\ stop'],
  [['Grüße, „wörtlich“ 🎯'], 'wörtlich“ 🎯', 'Grüße, „wörtlich“ 🎯'],
  [`${'a'.repeat(300)}needle${'b'.repeat(300)}`, 'needle', `…${'a'.repeat(80)}needle${'b'.repeat(80)}…`],
];
const NOT_FOUND: [program: unknown, asked: string][] = [
  ['100 percent', '0% p'],
  ['one_or_two', 'oneXor'],
  ['snake_case', 'snake%case'],
  ['two\nlines', 'nlines'],
  [{ instruction: 'x' }, 'instruction'],
  [{ temperature: 75 }, '75'],
];

describe.each(DOORS)('views on $name', (install) => {
  const trail = useTrail(install);
  let projectId: string;
  let runId: string;
  beforeAll(async () => {
    projectId = newProject();
    runId = await runWith(trail, projectId, ITERATIONS, SAMPLES);
  });

  test('programs come once each, with where they were evaluated and the best of it', async () => {
    const [a, b] = [{ prompt: 'a' }, ['b']];
    const id = await runWith(trail, projectId, [
      { iteration: 0, program: b, score: 9, evalKind: 'minibatch' },
      { iteration: 1, program: a, score: 0 },
      { iteration: 2, score: 5 },
      { iteration: 3, program: a, score: -1, decision: 'rejected' },
    ]);
    const programs = await trail.client.getOptimizationPrograms(id);
    for (const program of programs) expectShape(RunProgramSchema, program);
    expect(programs).toMatchObject([
      { program: b, iterations: [0], bestScore: null },
      { program: a, iterations: [1, 3], bestScore: 0 },
    ]);
    const [{ programHash } = {}] = await trail.client.getOptimizationIterations(id, { hashes: true });
    expect(programs[0]?.programHash).toBe(programHash);
    expect(await trail.client.getOptimizationPrograms(ABSENT)).toEqual([]);

    const downhill = await runWith(
      trail,
      projectId,
      [
        { iteration: 0, program: a, score: 2 },
        { iteration: 1, program: a, score: 1 },
      ],
      [],
      { direction: 'minimize' },
    );
    expect(await trail.client.getOptimizationPrograms(downhill)).toMatchObject([{ bestScore: 1 }]);
  });

  test('a curve has each iteration that became the best, and the last one', async () => {
    const scores = [0, 0.5, 0.5, 0.25, 0.75].map((score, iteration) => ({ iteration, score }));
    const noise = [
      { iteration: 5, score: 9, evalKind: 'minibatch' as const },
      { iteration: 6, score: 9, decision: 'rejected' as const },
    ];
    const up = await runWith(trail, projectId, [...scores, ...noise]);
    const down = await runWith(
      trail,
      projectId,
      scores.toReversed().map(({ score }, iteration) => ({ iteration, score })),
      [],
      {
        direction: 'minimize',
      },
    );
    const none = await runWith(trail, projectId, [{ iteration: 1 }]);
    const curves = await trail.client.getOptimizationCurves([down, ABSENT, up, none, up.toUpperCase()]);
    for (const curve of curves) expectShape(RunCurveSchema, curve);
    expect(curves).toEqual([
      { runId: down, projectId, points: points([0, 0.75], [1, 0.25], [4, 0]) },
      { runId: up, projectId, points: points([0, 0], [1, 0.5], [4, 0.75], [6, 0.75]) },
      { runId: none, projectId, points: [] },
    ]);
    expect(await trail.client.getOptimizationRun(up)).toMatchObject({ bestScore: 0.75 });
    expect(await trail.client.getOptimizationCurves([])).toEqual([]);
  });

  test('the matrix has a row an example, a column an iteration with samples, and where to find each', async () => {
    const matrix = await trail.client.getOptimizationMatrix(runId);
    expectShape(SampleMatrixSchema, matrix);
    expect(matrix?.iterations).toEqual([
      { iteration: 1, evalKind: 'full', status: 'completed', score: 0.5 },
      { iteration: 2, evalKind: 'minibatch', status: 'completed', score: 0.75 },
      { iteration: 4, evalKind: 'full', status: 'failed', score: null },
    ]);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    const [y, x] = [
      { sampleIndex: 1, exampleId: 'the-y', scores: [1, 1, 1], outcomes: [1, 1, 0], indexes: [1, 5, 0] },
      { sampleIndex: 0, exampleId: null, scores: [0, 0.5, 0.5], outcomes: [1, 1, 1], indexes: [0, 0, 1] },
    ];
    const z = { exampleId: null, scores: [null, null, null], outcomes: [null, null, 1], indexes: [null, null, 2], sampleIndex: 2 };
    const again = { exampleId: null, scores: [null, null, -1], outcomes: [null, null, 1], indexes: [null, null, 3], sampleIndex: 3 };
    expect(matrix).toMatchObject({ runId, projectId });
    expect(matrix?.examples).toEqual([x, y, z, again].map((row) => ({ exampleHash: hash, ...row })));
    expect(await trail.client.getOptimizationMatrix(ABSENT)).toBeNull();
  });

  test('samples without an example are told apart by their index, and a run without samples has an empty matrix', async () => {
    const bare = [0, 1].flatMap((iteration) =>
      [0, 1].map((sampleIndex) => ({ iteration, sampleIndex, score: 2 * iteration + sampleIndex })),
    );
    const id = await runWith(trail, projectId, [], bare);
    expect((await trail.client.getOptimizationMatrix(id))?.examples).toMatchObject([
      { exampleHash: null, sampleIndex: 0, scores: [0, 2] },
      { exampleHash: null, sampleIndex: 1, scores: [1, 3] },
    ]);
    const empty = await runWith(trail, projectId, ITERATIONS);
    expect(await trail.client.getOptimizationMatrix(empty)).toEqual({ runId: empty, projectId, iterations: [], examples: [] });
  });

  test('samples that changed are those with another score or outcome, or of an example that was not there', async () => {
    const changed = async (iteration: number, changedVs: number) =>
      (await trail.client.getOptimizationSamples(runId, iteration, undefined, { changedVs })).map(({ sampleIndex }) => sampleIndex);
    expect(await changed(2, 1)).toEqual([0]);
    expect(await changed(4, 2)).toEqual([0, 2, 3]);
    expect(await changed(2, 3)).toEqual([0, 5]);
    expect(await changed(4, 4)).toEqual([]);
  });

  test('samples go on after the last of a page', async () => {
    const pages: unknown[] = [];
    let after: { iteration: number; sampleIndex: number } | undefined;
    for (;;) {
      const page = await trail.client.getOptimizationSamples(runId, undefined, 3, { after });
      pages.push(...page);
      const last = page.at(-1);
      if (last === undefined) break;
      after = { iteration: last.iteration, sampleIndex: last.sampleIndex };
    }
    expect(pages).toEqual(await trail.client.getOptimizationSamples(runId));
  });

  test.each(FOUND)('%j is found by %j', async (program, asked, excerpt) => {
    const own = newProject();
    const id = await runWith(
      trail,
      own,
      [
        { iteration: 1, program, score: 1 },
        { iteration: 2, program: 'another', score: 1 },
        { iteration: 3, program, score: 1 },
      ],
      [],
      { runName: 'found' },
    );
    const found = await trail.client.searchOptimizationTrail(own, asked);
    expectShape(SearchResultSchema, found);
    expect(found.runs).toEqual([]);
    expect(found.programs).toEqual([
      { runId: id, projectId: own, runName: 'found', iteration: 3, programHash: expect.any(String), excerpt },
    ]);
  });

  test.each(NOT_FOUND)('%j is not found by %j', async (program, asked) => {
    const own = newProject();
    await runWith(trail, own, [{ iteration: 1, program }]);
    expect(await trail.client.searchOptimizationTrail(own, asked)).toEqual({ runs: [], programs: [] });
  });

  test('runs are found by name, tag and note, the newest first, of their project alone', async () => {
    const own = newProject();
    const runs = {
      name: { runName: 'a 50% Case' },
      tag: { tags: ['b', 'x50% case'] },
      note: { notes: 'see\n50% CASE.' },
      other: { runName: '50 case' },
    };
    const ids: string[] = [];
    for (const run of Object.values(runs)) ids.push(await runWith(trail, own, [], [], run));
    await runWith(trail, newProject(), [{ iteration: 1, program: '50% case' }], [], runs.name);
    const { runs: found, programs } = await trail.client.searchOptimizationTrail(own, '50% case');
    expect(found.map(({ id }) => id)).toEqual(ids.slice(0, 3).toReversed());
    expect(found).toContainEqual(await trail.client.getOptimizationRun(ids[0] ?? ''));
    expect(programs).toEqual([]);
    expect((await trail.client.searchOptimizationTrail(own, 'case', 2)).runs).toHaveLength(2);
  });

  test.each([
    ['runId', (): Promise<unknown> => trail.client.getOptimizationPrograms('no id')],
    ['runId', () => trail.client.getOptimizationMatrix('no id')],
    ['runIds[1]', () => trail.client.getOptimizationCurves([ABSENT, 'no id'])],
    ['runIds', () => trail.client.getOptimizationCurves(Array.from({ length: 201 }, () => ABSENT))],
    ['text', () => trail.client.searchOptimizationTrail('p', '')],
    ['text', () => trail.client.searchOptimizationTrail('p', 'a\0b')],
    ['limit', () => trail.client.searchOptimizationTrail('p', 'a', 101)],
    ['changedVs', () => trail.client.getOptimizationSamples(ABSENT, undefined, undefined, { changedVs: 1 })],
    ['changedVs', () => trail.client.getOptimizationSamples(ABSENT, 1, undefined, { changedVs: -1 })],
    ['after.sampleIndex', () => trail.client.getOptimizationSamples(ABSENT, 1, undefined, { after: { iteration: 1, sampleIndex: 0.5 } })],
  ])('%s is checked before anything is asked', async (path, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'invalid_input', path });
  });
});

function points(...pairs: [iteration: number, best: number][]) {
  return pairs.map(([iteration, best]) => ({ iteration, best }));
}
