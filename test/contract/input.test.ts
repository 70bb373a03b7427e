import { describe, expect, test } from 'vitest';
import type { OptimizationClient } from '../../src/client/port.js';
import { MAX_BATCH, MAX_JSON_LENGTH, MAX_TEXT_LENGTH } from '../../src/schemas/index.js';
import { ABSENT, aRun, nested, newProject } from '../support/records.js';
import { DOORS, THREADED, useTrail } from '../support/trails.js';

const NUL = 'a\u0000b';
const HALF = 'half of a pair: \ud83d';
const LONG = 'x'.repeat(201);

function circle(): object {
  const self: Record<string, unknown> = { list: [] };
  (self.list as unknown[]).push({ self });
  return self;
}
function thrower(name: string): object {
  return Object.defineProperty({}, name, {
    enumerable: true,
    get() {
      throw new Error('boo');
    },
  });
}
const throwingJson = {
  toJSON() {
    throw new Error('boo');
  },
};

/** JSON that cannot be stored, and where below its field the fault is. */
const BAD_JSON: [name: string, json: unknown, below: string][] = [
  ['NaN', { a: [0, { b: Number.NaN }] }, '.a[1].b'],
  ['an infinity', { a: -Infinity }, '.a'],
  ['a bigint', { a: 1n }, '.a'],
  ['NUL in a value', { a: NUL }, '.a'],
  ['NUL in a key', { [NUL]: 1 }, `.${NUL}`],
  ['half a surrogate pair', { a: [HALF] }, '.a[0]'],
  ['half a surrogate pair in a key', { [HALF]: 1 }, `.${HALF}`],
  ['65 levels', { a: nested(64) }, `.a${'[0]'.repeat(63)}`],
  ['20,000 levels', { a: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }, `.a${'[0]'.repeat(63)}`],
  ['a circle', circle(), '.list[0].self'],
  ['a throwing getter', { a: thrower('b') }, '.a'],
  ['a throwing toJSON', { a: throwingJson }, '.a'],
  ['too much text', { a: Array.from({ length: 33 }, () => 'x'.repeat(MAX_JSON_LENGTH / 32)) }, '.a[31]'],
];

type Refused = [path: string, fields: Record<string, unknown>];

const RUN: Refused[] = [
  ['id', { id: 'no uuid' }],
  ['id', { id: 7 }],
  ['projectId', { projectId: '' }],
  ['projectId', { projectId: LONG }],
  ['projectId', { projectId: undefined }],
  ['runName', { runName: '' }],
  ['runName', { runName: LONG }],
  ['runName', { runName: NUL }],
  ['runName', { runName: HALF }],
  ['runName', { runName: 7 }],
  ['optimizerType', { optimizerType: 'Not a slug' }],
  ['optimizerType', { optimizerType: '' }],
  ['optimizerType', { optimizerType: '_x' }],
  ['status', { status: 'done' }],
  ['direction', { direction: 'up' }],
  ['scoreMax', { scoreMax: 0 }],
  ['scoreMax', { scoreMax: -1 }],
  ['scoreMax', { scoreMax: Number.NaN }],
  ['parentRunId', { parentRunId: 'no uuid' }],
  ['config', { config: [] }],
  ['config', { config: 'x' }],
  ['config', { config: null }],
  ['config.optimizer', { config: { optimizer: 'miprov2' } }],
  ['config.optimizer', { config: { optimizer: 7 } }],
  ['config.metric', { config: { metric: LONG } }],
  ['config.metric', { config: { metric: 7 } }],
  ['config.model', { config: { model: LONG } }],
  ['config.model_config.model', { config: { model_config: { model: LONG } } }],
  ['config.model_config', { config: { model_config: 'gpt-4' } }],
  ['config.max_iterations', { config: { max_iterations: 0 } }],
  ['config.gepa.auto', { config: { gepa: { auto: 'enormous' } } }],
  ['config.miprov2.num_candidates', { config: { miprov2: { num_candidates: 1.5 } } }],
  ['tags', { tags: 'a' }],
  ['tags', { tags: Array.from({ length: 101 }, (_, index) => `tag ${index}`) }],
  ['tags[1]', { tags: ['a', ''] }],
  ['tags[0]', { tags: [LONG] }],
  ['tags[0]', { tags: [NUL] }],
  ['tags[0]', { tags: [HALF] }],
  ['tags[0]', { tags: [null] }],
  ['notes', { notes: NUL }],
  ['notes', { notes: HALF }],
  ['notes', { notes: 'x'.repeat(MAX_TEXT_LENGTH + 1) }],
  ['evalSetHash', { evalSetHash: '' }],
  ['errorMessage', { errorMessage: NUL }],
  ['errorStack', { errorStack: HALF }],
  ['startTime', { startTime: 'yesterday' }],
  ['startTime', { startTime: 'infinity' }],
  ['startTime', { startTime: '2026-01-01T00:00:00' }],
  ['startTime', { startTime: new Date(Number.NaN) }],
  ['endTime', { endTime: new Date('0000-06-01T00:00:00Z') }],
  ['endTime', { endTime: new Date(8_640_000_000_000_000) }],
  ['endTime', { endTime: 0 }],
  ['initialScore', { initialScore: Infinity }],
  ['finalScore', { finalScore: Number.NaN }],
  ['finalScore', { finalScore: -Infinity }],
  ['finalScore', { finalScore: 1.1e100 }],
  ['finalScore', { finalScore: '0.5' }],
  ['bestIteration', { bestIteration: -1 }],
  ['iterations', { iterations: -1 }],
  ['iterations', { iterations: 1.5 }],
  ['iterations', { iterations: 2 ** 31 }],
  ['samplesEvaluated', { samplesEvaluated: Number.NaN }],
  ['totalTokens', { totalTokens: 2 ** 53 }],
  ['totalTokens', { totalTokens: -1 }],
  ['totalCostUsd', { totalCostUsd: -0.01 }],
  ['totalCostUsd', { totalCostUsd: Infinity }],
  ['avgLatencyMs', { avgLatencyMs: -1 }],
  ['durationMs', { durationMs: -1 }],
  ['durationMs', { durationMs: 1e13 }],
  ['bogus', { bogus: 1 }],
  ['__proto__', JSON.parse('{"__proto__": {"status": "completed"}}')],
  ...BAD_JSON.flatMap(([, json, below]): Refused[] => [
    [`config${below}`, { config: json }],
    [`metadata${below}`, { metadata: json }],
  ]),
];

const ITERATION: Refused[] = [
  ['runId', { runId: 'no uuid' }],
  ['projectId', { projectId: '' }],
  ['iteration', { iteration: -1 }],
  ['iteration', { iteration: 1.5 }],
  ['iteration', { iteration: 2 ** 31 }],
  ['iteration', { iteration: '1' }],
  ['score', { score: Number.NaN }],
  ['score', { score: -1.1e100 }],
  ['scores.recall', { scores: { recall: Number.NaN } }],
  ['scores.recall', { scores: { recall: 1e101 } }],
  ['scores.recall', { scores: { recall: null } }],
  ['scores.__proto__', { scores: JSON.parse('{"__proto__": "x"}') }],
  ['status', { status: 'stale' }],
  ['evalKind', { evalKind: 'half' }],
  ['decision', { decision: 'maybe' }],
  ['parentIterations[1]', { parentIterations: [0, -1] }],
  ['parentIterations', { parentIterations: 1 }],
  ['params', { params: [] }],
  ['promptTokens', { promptTokens: 0.5 }],
  ['completionTokens', { completionTokens: -1 }],
  ['totalTokens', { totalTokens: 2 ** 53 }],
  ['costUsd', { costUsd: -1 }],
  ['durationMs', { durationMs: Infinity }],
  ['errorMessage', { errorMessage: NUL }],
  ['decisionReason', { decisionReason: HALF }],
  ['bogus', { bogus: 1 }],
  ...BAD_JSON.flatMap(([, json, below]): Refused[] => [
    [`params${below}`, { params: json }],
    [`program${below}`, { program: json }],
    [`metadata${below}`, { metadata: json }],
  ]),
];

const SAMPLE: Refused[] = [
  ['runId', { runId: 'no uuid' }],
  ['iteration', { iteration: -1 }],
  ['iterationId', { iterationId: 'no uuid' }],
  ['sampleIndex', { sampleIndex: -1 }],
  ['sampleIndex', { sampleIndex: 2 ** 31 }],
  ['score', { score: Number.NaN }],
  ['scores.f1', { scores: { f1: Infinity } }],
  ['success', { success: 'yes' }],
  ['latencyMs', { latencyMs: -1 }],
  ['promptTokens', { promptTokens: 2 ** 31 }],
  ['completionTokens', { completionTokens: 0.5 }],
  ['totalTokens', { totalTokens: -1 }],
  ['costUsd', { costUsd: -1 }],
  ['errorMessage', { errorMessage: HALF }],
  ['feedback', { feedback: NUL }],
  ['exampleId', { exampleId: '' }],
  ['split', { split: LONG }],
  ['metadata', { metadata: [] }],
  ['bogus', { bogus: 1 }],
  ...BAD_JSON.flatMap(([, json, below]): Refused[] => [
    [`input${below}`, { input: json }],
    [`expectedOutput${below}`, { expectedOutput: json }],
    [`predictedOutput${below}`, { predictedOutput: json }],
  ]),
];

const LIST: Refused[] = [
  ['limit', { limit: 0 }],
  ['limit', { limit: 1001 }],
  ['limit', { limit: 1.5 }],
  ['limit', { limit: '10' }],
  ['offset', { offset: -1 }],
  ['offset', { offset: 0, cursor: 'x' }],
  ['orderBy', { orderBy: 'id; drop table optimization_runs' }],
  ['orderDirection', { orderDirection: 'sideways' }],
  ['status', { status: 'done' }],
  ['status', { status: [] }],
  ['optimizerType', { optimizerType: "x' or true" }],
  ['tags', { tags: 'a' }],
  ['tags[0]', { tags: [NUL] }],
  ['search', { search: '' }],
  ['search', { search: NUL }],
  ['config', { config: [] }],
  ['minScore', { minScore: Number.NaN }],
  ['maxScore', { maxScore: 1e101 }],
  ['parentRunId', { parentRunId: 'x' }],
  ['createdAfter', { createdAfter: 'x' }],
  ['createdBefore', { createdBefore: new Date(Number.NaN) }],
  ['projectId', { projectId: '' }],
  ['count', { count: 'yes' }],
  ['bogus', { bogus: 1 }],
];

type Call = (client: OptimizationClient) => Promise<unknown>;

/** Calls whose fault is not in one field of an input. */
const CALLS: [path: string, call: Call][] = [
  ['runId', (client) => client.getOptimizationRun('no uuid')],
  ['runId', (client) => client.getOptimizationRun(undefined as unknown as string)],
  ['runId', (client) => client.updateOptimizationRun("' or true --", {})],
  ['runId', (client) => client.deleteOptimizationRun(`${ABSENT} `)],
  ['runId', (client) => client.getOptimizationIterations('x')],
  ['runId', (client) => client.getBestIteration('x')],
  ['runId', (client) => client.getOptimizationSamples('x')],
  ['runId', (client) => client.getOptimizationRunSummary('x')],
  ['runId', (client) => client.updateRunProgress('x', {})],
  ['runId', (client) => client.updateOptimizationIteration('x', 1, {})],
  ['projectId', (client) => client.getOptimizationRun(ABSENT, { projectId: '' })],
  ['projectId', (client) => client.getTopRunsByScore('')],
  ['projectId', (client) => client.getOptimizationAnalytics(LONG)],
  ['iteration', (client) => client.updateOptimizationIteration(ABSENT, -1, {})],
  ['iteration', (client) => client.getOptimizationSamples(ABSENT, 0.5)],
  ['limit', (client) => client.getOptimizationSamples(ABSENT, 1, 0)],
  ['limit', (client) => client.getOptimizationSamples(ABSENT, 1, 100_001)],
  ['limit', (client) => client.getTopRunsByScore('p', 0)],
  ['limit', (client) => client.getTopRunsByScore('p', 1001)],
  ['metric', (client) => client.getTopRunsByScore('p', 1, { metric: '' })],
  ['bogus', (client) => client.getTopRunsByScore('p', 1, { bogus: 1 } as object)],
  ['status', (client) => client.updateOptimizationRun(ABSENT, { status: 'done' } as object)],
  ['config', (client) => client.updateOptimizationRun(ABSENT, { config: {} } as object)],
  ['projectId', (client) => client.updateOptimizationRun(ABSENT, { projectId: 'p' } as object)],
  ['finalScore', (client) => client.updateOptimizationRun(ABSENT, { finalScore: Number.NaN })],
  ['iterations', (client) => client.updateRunProgress(ABSENT, { iterations: -1 })],
  ['notes', (client) => client.updateRunProgress(ABSENT, { notes: 'x' } as object)],
  ['score', (client) => client.updateOptimizationIteration(ABSENT, 1, { score: Infinity })],
  ['id', (client) => client.updateOptimizationIteration(ABSENT, 1, { id: ABSENT } as object)],
  ['samples', (client) => client.batchCreateOptimizationSamples('x' as unknown as [])],
  ['samples', (client) => client.batchCreateOptimizationSamples({ length: 1 } as unknown as [])],
  ['samples', (client) => client.batchCreateOptimizationSamples(Array.from({ length: MAX_BATCH + 1 }, () => ({})) as [])],
];

/** Keys that mean something to JavaScript, and text that means something to SQL or a terminal: data here. */
const ODD_JSON = JSON.parse(
  '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": [], "toJSON": 1, "": 0, "a.b": 1, "$1": "%_\\\\", "\\u200b\\u202e": "\\r\\n"}',
);
const ODD_SCORES = JSON.parse('{"__proto__": 1, "constructor": 0, "prototype": -1, "toString": 2}');
const ODD_NAMES = [
  '100%_\\',
  '<script>alert(1)</script>',
  '=HYPERLINK("x")',
  '../../etc/passwd',
  'line\r\nbreak',
  '\u202eevil\u200b',
  "'; drop table optimization_runs; --",
  '__proto__',
];

describe.each([...DOORS, ...THREADED.filter(({ kind }) => kind === 'postgres')])('input on $name', (install) => {
  const trail = useTrail(install);

  /** Every refusal names the path, and nothing of it is in the database afterwards. */
  async function expectRefusals(
    cases: readonly Refused[],
    call: (fields: Record<string, unknown>) => Promise<unknown>,
    root = '',
  ): Promise<void> {
    for (const [path, fields] of cases) {
      const refused = await call(fields).then(
        () => 'nothing',
        (error: unknown) => error,
      );
      const what = `${path} of ${Object.keys(fields)}`;
      expect(refused, what).toMatchObject({ code: 'invalid_input', path: root + path, retryable: false });
      expect((refused as Error).message, what).toContain(root + path);
    }
    const [stored] = await trail.sql(
      `select (select count(*) from optimization_runs where project_id = 'refused') as runs, (select count(*) from optimization_iterations) as iterations,
        (select count(*) from optimization_examples) + (select count(*) from optimization_programs) as contents`,
    );
    expect(stored).toEqual({ runs: 0, iterations: 0, contents: 0 });
  }

  test('of a run', () => expectRefusals(RUN, (fields) => trail.client.createOptimizationRun({ ...aRun('refused'), ...fields })));

  test('of an iteration, made or changed', async () => {
    const { id: runId } = await trail.client.createOptimizationRun(aRun('iterations'));
    await expectRefusals(ITERATION, (fields) => trail.client.createOptimizationIteration({ runId, iteration: 1, ...fields }));
    const changes = ITERATION.filter(([path]) => !['runId', 'projectId', 'iteration'].includes(path));
    await expectRefusals(changes, (fields) => trail.client.updateOptimizationIteration(runId, 1, fields));
  });

  test('of a sample, alone or the third of a batch', async () => {
    const { id: runId } = await trail.client.createOptimizationRun(aRun('samples'));
    const good = { runId, iteration: 1, sampleIndex: 0, input: 'good' };
    await expectRefusals(SAMPLE, (fields) => trail.client.createOptimizationSample({ ...good, ...fields }));
    await expectRefusals(
      SAMPLE,
      (fields) => trail.client.batchCreateOptimizationSamples([good, good, good, { ...good, ...fields }]),
      'samples[3].',
    );
  });

  test('of a list', () => expectRefusals(LIST, (fields) => trail.client.listOptimizationRuns(fields)));

  test('of the other calls', async () => {
    for (const [path, call] of CALLS) {
      await expect(call(trail.client), `${path} of ${call}`).rejects.toMatchObject({ code: 'invalid_input', path });
    }
  });

  test('what is no object at all, or cannot even be read', async () => {
    const { client } = trail;
    for (const input of [undefined, null, 'text', 7, [], new Map(), thrower('runName')]) {
      await expect(client.createOptimizationRun(input as never)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(client.createOptimizationIteration(input as never)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(client.createOptimizationSample(input as never)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(client.batchCreateOptimizationSamples([input as never])).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  test('of claims', () => {
    const cases: Refused[] = [
      ['sub', { sub: 7 }],
      ['sub', { sub: NUL }],
      ['optrail_projects', { optrail_projects: ['A'] }],
      ['optrail_projects.A', { optrail_projects: { A: 'boss' } }],
      // The claims themselves are the first level, so that the limit is met one level sooner than within a field.
      ...BAD_JSON.map(
        ([, json, below]): Refused => [`extra${below.replace('[0]'.repeat(63), '[0]'.repeat(62))}`, { sub: 'x', extra: json }],
      ),
    ];
    for (const [path, claims] of cases) {
      const act = () => trail.client.as(claims);
      expect(act, path).toThrow(expect.objectContaining({ code: 'invalid_input', path: `claims.${path}` }));
    }
  });

  test('several faults are told at once', async () => {
    const attempt = trail.client.createOptimizationRun({ ...aRun(''), finalScore: Number.NaN, tags: ['ok', ''] });
    const error = await attempt.catch((thrown: unknown) => thrown as { issues: { path: string }[] });
    expect('issues' in error && error.issues.map(({ path }) => path).sort()).toEqual(['finalScore', 'projectId', 'tags[1]']);
  });

  test('64 levels, odd keys and odd text come back as they were given', async () => {
    const { client } = trail;
    const projectId = newProject();
    const deep = nested(63);
    for (const json of [ODD_JSON, { deep }]) {
      const { id: runId } = await client.createOptimizationRun(aRun(projectId, { config: json, metadata: json }));
      await client.createOptimizationIteration({ runId, iteration: 1, params: json, program: json, metadata: json, scores: ODD_SCORES });
      await client.createOptimizationSample({
        runId,
        iteration: 1,
        sampleIndex: 0,
        input: json,
        expectedOutput: json,
        predictedOutput: json,
        metadata: json,
        scores: ODD_SCORES,
      });
      const asText = JSON.stringify(Object.entries(json).sort());
      const same = (value: object | null | undefined) => expect(JSON.stringify(Object.entries(value ?? {}).sort())).toBe(asText);
      const run = await client.getOptimizationRun(runId);
      const [iteration] = await client.getOptimizationIterations(runId);
      const [sample] = await client.getOptimizationSamples(runId);
      for (const value of [run?.config, run?.metadata, iteration?.params, iteration?.program, iteration?.metadata]) same(value as object);
      for (const value of [sample?.input, sample?.expectedOutput, sample?.predictedOutput, sample?.metadata]) same(value as object);
      for (const scores of [iteration?.scores, sample?.scores])
        expect(Object.entries(scores ?? {}).sort()).toEqual(Object.entries(ODD_SCORES).sort());
    }
    expect({}).not.toHaveProperty('polluted');
    for (const name of ODD_NAMES) {
      const run = await client.createOptimizationRun(aRun(projectId, { runName: name, tags: [name], notes: name }));
      expect(await client.listOptimizationRuns({ projectId, tags: [name], search: name })).toMatchObject({
        data: [{ id: run.id, runName: name, notes: name }],
      });
    }
  });

  test('JSON is taken as JSON.stringify takes it', async () => {
    const { client } = trail;
    const metadata = {
      at: new Date(0),
      never: new Date(Number.NaN),
      no: undefined,
      f: () => 1,
      list: [undefined, 1],
      own: { toJSON: () => 'own' },
      zero: -0,
    };
    const run = await client.createOptimizationRun(aRun(newProject(), { metadata }));
    expect(run.metadata).toEqual(JSON.parse(JSON.stringify(metadata)));
  });

  test('a prompt of a million characters comes back whole', async () => {
    const prompt = 'ü🎯"\\\n'.repeat(160_000);
    const { id: runId } = await trail.client.createOptimizationRun(aRun(newProject()));
    const iteration = await trail.client.createOptimizationIteration({ runId, iteration: 1, score: 1, program: { prompt } });
    expect((await trail.client.getBestIteration(runId))?.program).toEqual({ prompt });
    expect(iteration.program).toEqual({ prompt });
  });
});
