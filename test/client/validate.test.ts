import { expect, test } from 'vitest';
import { plainSample } from '../../src/schemas/plain-sample.js';
import { CreateOptimizationSampleSchema, MAX_BATCH, SampleBatchSchema } from '../../src/schemas/sample.js';
import { validated, validatedItems } from '../../src/schemas/validate.js';

const validatedSamples = async (inputs: unknown) =>
  validatedItems(validated(SampleBatchSchema, inputs, ['samples']), CreateOptimizationSampleSchema, plainSample, ['samples']);

const RUN = '0193A8F0-0000-7000-8000-000000000001';
const samples = (count: number) =>
  Array.from({ length: count }, (_, sampleIndex) => ({ runId: RUN, iteration: 0, sampleIndex, input: { at: sampleIndex } }));

test('gives the event loop turns in the middle of a long list, and keeps its order', async () => {
  let turns = 0;
  let over = false;
  const turn = () => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const valid = await validatedSamples(samples(20_000));
  over = true;
  // Some 80 ms of work, in slices of 4.
  expect(turns).toBeGreaterThan(5);
  expect(valid.map(({ sampleIndex }) => sampleIndex)).toEqual(samples(20_000).map(({ sampleIndex }) => sampleIndex));
  expect(valid[0]).toMatchObject({ runId: RUN.toLowerCase(), input: { at: 0 } });
});

test('takes the list as it was when it was called', async () => {
  const list = samples(20_000);
  const checking = validatedSamples(list);
  list.length = 3;
  expect(await checking).toHaveLength(20_000);
});

test('names every sample that is wrong, wherever it stands', async () => {
  const list: object[] = samples(20_000);
  list[7] = { ...list[7], score: Number.NaN };
  list[19_999] = {
    ...list[19_999],
    get input() {
      return 1n;
    },
  };
  await expect(validatedSamples(list)).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'samples[7].score' }, { path: 'samples[19999].input' }],
  });
});

test.each([
  ['no list', { length: 2 }],
  ['too long a list', new Array(MAX_BATCH + 1)],
  ['a hole in a list', new Array(1)],
])('refuses %s', async (_, list) => {
  await expect(validatedSamples(list)).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('samples') });
});
