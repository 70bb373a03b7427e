import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainSample } from '../../src/schemas/plain-sample.js';
import { CreateOptimizationSampleSchema, SAMPLE_FIELDS } from '../../src/schemas/sample.js';

const PLAIN = {
  runId: '01900000-0000-7000-8000-000000000004',
  projectId: 'proj_123',
  iteration: 3,
  iterationId: '01900000-0000-7000-8000-000000000005',
  sampleIndex: 4,
  input: { question: 'Where is my parcel?' },
  expectedOutput: { label: 'shipping' },
  predictedOutput: { label: 'billing' },
  score: 0,
  success: true,
  latencyMs: 104.5,
  promptTokens: 10,
  completionTokens: 20,
  totalTokens: 30,
  costUsd: 0.25,
  scores: { accuracy: 0.5, brevity: -1 },
  errorMessage: 'Zeitüberschreitung\nnach 30 s',
  feedback: 'The answer names the wrong department — “billing”.',
  exampleId: 't-1',
  split: 'train',
  metadata: { attempt: 2, nested: [{ a: null }] },
};

test('a plain sample needs no schema, and is what the schema makes of it', () => {
  expect(plainSample(PLAIN)).toEqual(CreateOptimizationSampleSchema.parse(PLAIN));
});

test.each(Object.entries(SAMPLE_FIELDS).flatMap(([name, field]) => ('nullable' in field ? [name] : [])))(
  '%s may be null without the schema',
  (name) => {
    const value = { ...PLAIN, [name]: null };
    expect(plainSample(value)).toEqual(CreateOptimizationSampleSchema.parse(value));
  },
);

test('every field of the table that callers write has a plain form', () => {
  expect(Object.keys(PLAIN).sort()).toEqual(Object.keys(CreateOptimizationSampleSchema.shape).sort());
});

const ODD: unknown[] = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  -1,
  0.5,
  1e100,
  1.0001e100,
  1e12,
  1e13,
  1e9,
  1_000_000_001,
  2_147_483_647,
  2_147_483_648,
  '',
  'x'.repeat(200),
  'x'.repeat(201),
  'größer',
  'a\u0000b',
  'half \ud800',
  '01900000-0000-7000-8000-00000000000A',
  '01900000-0000-7000-8000-00000000000',
  true,
  {},
  [],
  new Date(0),
  10n,
  () => 1,
  Symbol('s'),
];
const odd = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue(), fc.double(), fc.integer(), fc.string({ unit: 'binary' }));
const field = fc.constantFrom(
  ...Object.keys(CreateOptimizationSampleSchema.shape),
  '__proto__',
  'constructor',
  'toString',
  'run_id',
  'whatever',
);
const sample = fc.tuple(fc.subarray(Object.entries(PLAIN)), fc.array(fc.tuple(field, odd), { maxLength: 3 })).map(([some, others]) => {
  const made = { ...PLAIN, ...Object.fromEntries(some) };
  for (const [name, value] of others) Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
});

test('what it takes without the schema, the schema takes, and alike', () => {
  let taken = 0;
  fc.assert(
    fc.property(sample, (value) => {
      const plain = plainSample(value);
      if (plain === undefined) return;
      taken += 1;
      expect(CreateOptimizationSampleSchema.parse(value)).toEqual(plain);
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test.each([
  ['a field less', { ...PLAIN, runId: undefined }],
  ['a prototype of its own', Object.create(PLAIN)],
  ['a getter that throws', Object.defineProperty({ ...PLAIN }, 'score', { enumerable: true, get: () => fail() })],
  ['a circle', { ...PLAIN, input: circle() }],
  ['no object', 'sample'],
])('with %s it is for the schema to say', (_, value) => {
  expect(plainSample(value)).toBeUndefined();
});

function fail(): never {
  throw new Error('no');
}

function circle(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}
