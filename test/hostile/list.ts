import { MAX_TEXT_LENGTH } from '../../src/schemas/index.js';
import { ABSENT, aRun, nested } from '../support/records.js';
import { alike, inJson, kept, type Row, refusals, refusedList } from './senders.js';

const NUL = 'a\u0000b';
const HALF = 'half of a pair: \ud83d';
export const NAMES = [
  '../../etc/passwd',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'C:\\Windows\\..\\secret',
  'line\r\nSet-Cookie: x=1',
  '\u202egnp.exe',
  'zero\u200b\u2060\ufeffwidth',
  '=HYPERLINK("http://evil","x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  "'; drop table optimization_runs; --",
  '100%_\\',
  '__proto__',
  '\u001b[2J\u001b]0;owned\u0007',
];
const PROMPTS = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '</script>', '{{constructor.constructor("x")()}}'];
const KEYS = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": [{"__proto__": 1}]}');

function circle(): object {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}
function throwing(name: string): object {
  return Object.defineProperty({}, name, {
    enumerable: true,
    get() {
      throw new Error('boo');
    },
  });
}
/** Brackets within brackets, without recursion. */
function brackets(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

/** What is sent for each entry, by which function, and what must come back. */
export const ROWS: readonly Row[] = [
  ...['runName', 'notes', 'errorMessage'].flatMap((field) =>
    refusals('NUL in text and in JSON', `NUL in ${field}`, { [field]: NUL }, field),
  ),
  ...refusals('NUL in text and in JSON', 'NUL in a tag', { tags: [NUL] }, 'tags[0]'),
  ...inJson('NUL in text and in JSON', 'NUL', { a: [NUL] }, '.a[0]'),
  ...refusals('lone surrogates', 'half a pair in a name', { runName: HALF }, 'runName'),
  ...inJson('lone surrogates', 'half a pair', { [HALF]: 1 }, `.${HALF}`),
  ...[Number.NaN, Infinity, -Infinity].flatMap((score) => [
    ...refusals('NaN and infinities', `${score}`, { score }, 'score'),
    ...refusals('NaN and infinities', `${score}`, { finalScore: score }, 'finalScore'),
    ...refusals('NaN and infinities', `${score} as an objective`, { scores: { recall: score } }, 'scores.recall'),
    ...inJson('NaN and infinities', `${score}`, { a: score }, '.a'),
  ]),
  ...inJson('1e400', 'what JavaScript reads 1e400 as', JSON.parse('{"a": 1e400}'), '.a'),
  ...inJson('1e131071', 'what JavaScript reads 1e131071 as', JSON.parse('{"a": [1e131071]}'), '.a[0]'),
  kept('1e131071', 'its digits as text', { json: '1e131071' }),
  ...inJson('2^53+1', 'a bigint', { a: 2n ** 53n + 1n }, '.a'),
  ...refusals('2^53+1', 'tokens', { totalTokens: 2 ** 53 }, 'totalTokens'),
  kept('2^53+1', 'as a number, which is 2^53 before it is sent, and as text', { json: [2 ** 53 + 1, '9007199254740993', 2 ** 53 - 1] }),
  ...refusals('int4 and int8 overflow', '2^31', { iteration: 2 ** 31 }, 'iteration'),
  ...refusals('int4 and int8 overflow', '2^31', { sampleIndex: 2 ** 31 }, 'sampleIndex'),
  ...refusals('int4 and int8 overflow', '2^31', { iterations: 2 ** 31 }, 'iterations'),
  ...refusals('int4 and int8 overflow', '2^63', { totalTokens: 2 ** 63 }, 'totalTokens'),
  ...[65, 5_000, 20_000].flatMap((depth) =>
    inJson('depth 65, 5,000 and 20,000', `${depth} levels`, { a: brackets(depth - 1) }, `.a${'[0]'.repeat(63)}`),
  ),
  kept('depth 65, 5,000 and 20,000', '64 levels', { json: nested(63) }),
  ...refusals('5 million brackets', 'nested', { program: brackets(5_000_000) }, `program${'[0]'.repeat(64)}`),
  ...refusals('5 million brackets', 'as text in a note', { notes: '['.repeat(5_000_000) }, 'notes'),
  kept('5 million brackets', 'as text in a prompt', { json: '['.repeat(1_000_000) }),
  kept('__proto__, constructor, prototype', 'as keys', { json: KEYS }),
  {
    entry: '__proto__, constructor, prototype',
    sent: 'as a field, by createOptimizationRun',
    code: 'invalid_input',
    path: '__proto__',
    call: ({ client, projectId }) =>
      client.createOptimizationRun(JSON.parse(JSON.stringify(aRun(projectId)).replace('{', '{"__proto__":{},'))),
  },
  ...inJson('circular object, throwing getter, throwing toJSON', 'a circle', circle(), '.self'),
  ...inJson('circular object, throwing getter, throwing toJSON', 'a throwing getter', { a: throwing('b') }, '.a'),
  ...inJson('circular object, throwing getter, throwing toJSON', 'a throwing toJSON', { a: { toJSON: () => JSON.parse('{') } }, '.a'),
  ...[new Date(Number.NaN), new Date('0000-06-01T00:00:00Z'), new Date(8.64e15), 'infinity', '275761-01-01T00:00:00Z'].flatMap(
    (startTime) => refusals('times out of range', String(startTime), { startTime }, 'startTime'),
  ),
  ...refusals('a name of 9 KB', 'as a run', { runName: 'x'.repeat(9_000) }, 'runName'),
  ...refusals('a name of 9 KB', 'as a tag', { tags: ['x'.repeat(9_000)] }, 'tags[0]'),
  refusedList('a name of 9 KB', { projectId: 'x'.repeat(9_000) }, 'projectId'),
  {
    entry: 'a 16 MB prompt',
    sent: 'as a program, by createOptimizationIteration',
    async back({ client, projectId, next }) {
      const prompt = 'A prompt of "16 MB".\n'.repeat(800_000);
      const { id: runId } = await client.createOptimizationRun(aRun(projectId));
      await client.createOptimizationIteration({ runId, iteration: next(), score: 1, program: { prompt } });
      const best = (await client.getBestIteration(runId))?.program as { prompt: string } | undefined;
      return { wanted: [16_800_000, true], got: [best?.prompt.length, best?.prompt === prompt] };
    },
  },
  ...refusals(
    'a 200 MB body',
    'in 200 texts of a megabyte',
    { input: Array.from({ length: 200 }, () => 'x'.repeat(MAX_TEXT_LENGTH)) },
    'input[33]',
  ),
  {
    entry: 'a batch of a million',
    sent: 'of sound samples, by batchCreateOptimizationSamples',
    code: 'invalid_input',
    path: 'samples',
    call: ({ client, runId }) => client.batchCreateOptimizationSamples(Array(1_000_000).fill({ runId, iteration: 1, sampleIndex: 0 })),
  },
  {
    entry: 'a batch of a million',
    sent: 'of empty samples, by batchCreateOptimizationSamples',
    code: 'invalid_input',
    path: 'samples',
    call: ({ client }) => client.batchCreateOptimizationSamples(Array(1_000_000).fill({})),
  },
  {
    entry: 'more than 65,535 parameters',
    sent: '5,000 samples of 14 values, by batchCreateOptimizationSamples',
    async back({ client, projectId }) {
      const { id: runId } = await client.createOptimizationRun(aRun(projectId));
      const rest = { score: 0.5, success: true, latencyMs: 1, promptTokens: 1, completionTokens: 1, costUsd: 0, feedback: 'f', split: 's' };
      const samples = Array.from({ length: 5_000 }, (_, sampleIndex) => ({
        runId,
        iteration: 0,
        sampleIndex,
        input: sampleIndex % 7,
        ...rest,
      }));
      const got = await client.batchCreateOptimizationSamples(samples);
      return { wanted: [{ stored: 5_000, existing: 0 }, 5_000], got: [got, (await client.getOptimizationRun(runId))?.samplesEvaluated] };
    },
  },
  {
    entry: 'more than 65,535 parameters',
    sent: '70,000 optimizer types, by listOptimizationRuns',
    async back({ client, runId }) {
      const optimizerType = [...Array.from({ length: 70_000 }, (_, index) => `t${index}`), 'gepa'];
      const { data } = await client.listOptimizationRuns({ optimizerType, limit: 1000 });
      return { wanted: true, got: data.some(({ id }) => id === runId) };
    },
  },
  {
    entry: 'LIKE metacharacters',
    sent: 'in search, by listOptimizationRuns',
    async back({ client, projectId, next }) {
      const mark = `m${next()}`;
      for (const runName of [`${mark}%_\\x`, `${mark}abcx`]) await client.createOptimizationRun({ ...aRun(projectId), runName });
      const found = async (search: string) => (await client.listOptimizationRuns({ search })).data.map(({ runName }) => runName);
      const searches = [`${mark}%_\\x`, `${mark}%x`, `${mark}___x`, `${mark}\\`];
      return { wanted: [[`${mark}%_\\x`], [], [], []], got: await Promise.all(searches.map(found)) };
    },
  },
  refusedList('SQL in sort, filter, cursor and JSON path', { orderBy: 'id; drop table optimization_runs' }, 'orderBy'),
  refusedList('SQL in sort, filter, cursor and JSON path', { orderDirection: 'asc nulls first, (select 1)' }, 'orderDirection'),
  refusedList('SQL in sort, filter, cursor and JSON path', { optimizerType: "x' or true --" }, 'optimizerType'),
  refusedList('SQL in sort, filter, cursor and JSON path', { "status' or true --": 1 }, "status' or true --"),
  ...[
    "' or true --",
    Buffer.from('["created_at","desc","\'; drop table optimization_runs; --","x"]').toString('base64url'),
    Buffer.from(JSON.stringify(['created_at', 'desc', "now()'; select 1; --", ABSENT])).toString('base64url'),
    Buffer.from(JSON.stringify(['id', 'desc', '1', ABSENT])).toString('base64url'),
  ].map((cursor) => refusedList('SQL in sort, filter, cursor and JSON path', { cursor }, 'cursor')),
  {
    entry: 'SQL in sort, filter, cursor and JSON path',
    sent: 'in search, model, metric, tags and config, by listOptimizationRuns',
    async back({ client }) {
      const sql = "x') or true; drop table optimization_runs; --";
      const filters = [{ search: sql }, { model: sql }, { metric: sql }, { tags: [sql] }, { config: { [sql]: { '$.a ? (@ > 1)': sql } } }];
      const pages = await Promise.all(filters.map((filter) => client.listOptimizationRuns(filter)));
      return { wanted: [0, 0, 0, 0, 0], got: pages.map(({ data }) => data.length) };
    },
  },
  alike('by getOptimizationRun', ({ stranger }, { runId }) => stranger.getOptimizationRun(runId)),
  alike('by updateOptimizationRun', ({ stranger }, { runId }) => stranger.updateOptimizationRun(runId, { notes: 'x' })),
  alike('by deleteOptimizationRun', ({ stranger }, { runId }) => stranger.deleteOptimizationRun(runId)),
  alike('in an iteration', ({ stranger }, { runId }) => stranger.createOptimizationIteration({ runId, iteration: 1 })),
  alike('in an iteration, with a project of its own', ({ stranger, strangersProject }, { runId }) =>
    stranger.createOptimizationIteration({ runId, iteration: 1, projectId: strangersProject }),
  ),
  alike('in a sample', ({ stranger }, { runId }) => stranger.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0 })),
  alike('as a parent run', ({ stranger, strangersProject }, { runId }) =>
    stranger.createOptimizationRun({ ...aRun(strangersProject), parentRunId: runId }),
  ),
  alike('as a filter', ({ stranger }, { runId }) => stranger.listOptimizationRuns({ parentRunId: runId, count: true })),
  {
    entry: "a project that is not the key's",
    sent: 'by createOptimizationRun',
    code: 'forbidden',
    call: ({ key, strangersProject }) => key.createOptimizationRun(aRun(strangersProject)),
  },
  {
    entry: "a project that is not the key's",
    sent: "beside the key's own run, by createOptimizationIteration",
    code: 'not_found',
    call: ({ key, runId, strangersProject }) => key.createOptimizationIteration({ runId, iteration: 1, projectId: strangersProject }),
  },
  {
    entry: 'an id used before',
    sent: 'with another body',
    async back({ client, projectId, next }) {
      const run = await client.createOptimizationRun(aRun(projectId, { notes: 'first' }));
      const at = { runId: run.id, iteration: next(), sampleIndex: 0 };
      const { sampleIndex: _, ...numbered } = at;
      const iteration = await client.createOptimizationIteration({ ...numbered, score: 1 });
      const sample = await client.createOptimizationSample({ ...at, input: 'first', score: 1 });
      const fresh = { ...(await client.getOptimizationRun(run.id)) };
      return {
        wanted: [fresh, iteration, sample],
        got: [
          await client.createOptimizationRun(aRun(projectId, { id: run.id, runName: 'second', notes: 'second' })),
          await client.createOptimizationIteration({ ...numbered, id: iteration.id, iteration: next(), score: 0 }),
          await client.createOptimizationSample({ ...at, input: 'second', score: 0 }),
        ],
      };
    },
  },
  {
    entry: 'an id used before',
    sent: 'by another tenant',
    async back({ client, stranger, projectId, strangersProject }) {
      const run = await client.createOptimizationRun(aRun(projectId, { notes: 'first' }));
      const theirs = await stranger.createOptimizationRun(aRun(strangersProject, { id: run.id, notes: 'theirs' }));
      const got = [await client.getOptimizationRun(run.id, { projectId }), theirs.notes, theirs.projectId];
      await stranger.deleteOptimizationRun(run.id);
      return { wanted: [run, 'theirs', strangersProject], got };
    },
  },
  ...PROMPTS.map((json) => kept('markup in a prompt', json, { json })),
  ...NAMES.slice(0, 3).map((name) => kept('a path as a name', name, { name })),
  ...NAMES.slice(3, 6).map((name) => kept('CR LF, bidi and zero-width in a name', JSON.stringify(name), { name })),
  {
    entry: 'a late row',
    sent: 'by createOptimizationIteration and batchCreateOptimizationSamples',
    async back({ client, completedId: runId, next }) {
      const before = await client.getOptimizationRun(runId);
      const iteration = next();
      await client.createOptimizationIteration({ runId, iteration, score: 1 });
      const stored = await client.batchCreateOptimizationSamples([{ runId, iteration, sampleIndex: 0 }]);
      const after = await client.getOptimizationRun(runId);
      return {
        wanted: ['completed', before?.endTime, (before?.iterations ?? 0) + 1, { stored: 1, existing: 0 }],
        got: [after?.status, after?.endTime, after?.iterations, stored],
      };
    },
  },
];
