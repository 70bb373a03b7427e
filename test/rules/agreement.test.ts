import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OptimizationClient } from '../../src/client/port.js';
import { isOptrailError } from '../../src/errors.js';
import { newProject } from '../support/records.js';
import { INSTALLS, type Trail } from '../support/trails.js';

const ids = [1, 2, 3].map((digit) => `01900000-0000-7000-8000-00000000000${digit}`);
const id = fc.constantFrom(...ids);
const status = fc.constantFrom('pending', 'running', 'completed', 'failed', 'cancelled', 'stale');
const score = fc.option(fc.constantFrom(0, 0.5, 1 / 3, -1e100));
const number = fc.nat(3);
const json = fc.constantFrom({ a: 1 }, { b: [null, 'é'] }, 'text', 7, null);
const someOf = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

const runFields = someOf({
  status,
  finalScore: score,
  initialScore: score,
  bestIteration: fc.option(number),
  iterations: fc.option(number),
  samplesEvaluated: fc.option(number),
  tags: fc.subarray(['a', 'b']),
  durationMs: fc.option(fc.constant(7)),
});
const iterationFields = someOf({
  score,
  status: fc.constantFrom('running', 'completed', 'failed', 'pruned'),
  evalKind: fc.constantFrom('full', 'minibatch'),
  decision: fc.option(fc.constantFrom('accepted', 'rejected')),
  isBaseline: fc.boolean(),
  program: json,
  promptTokens: fc.option(number),
  completionTokens: fc.option(number),
});
const sampleFields = someOf({
  score,
  input: json,
  expectedOutput: json,
  success: fc.option(fc.boolean()),
  errorMessage: fc.constant('boom'),
  latencyMs: number,
});

type Call = (client: OptimizationClient, projectId: string) => Promise<unknown>;
/** A call, and how it reads in a counterexample. */
function call<T>(
  name: string,
  input: fc.Arbitrary<T>,
  make: (client: OptimizationClient, input: T, projectId: string) => Promise<unknown>,
): fc.Arbitrary<Call> {
  return input.map((value) =>
    Object.assign((client: OptimizationClient, projectId: string) => make(client, value, projectId), {
      toString: () => `${name} ${JSON.stringify(value)}`,
    }),
  );
}

const calls = fc.oneof(
  call(
    'create run',
    fc.record({ id, fields: runFields, direction: fc.constantFrom('maximize', 'minimize') }),
    (client, { fields, ...rest }, projectId) =>
      client.createOptimizationRun({ projectId, runName: 'run', optimizerType: 'gepa', ...rest, ...fields }),
  ),
  call('update run', fc.record({ id, fields: runFields }), (client, input, projectId) =>
    client.updateOptimizationRun(input.id, input.fields, { projectId }),
  ),
  call('progress', id, (client, runId, projectId) => client.updateRunProgress(runId, { iterations: 2 }, { projectId })),
  call(
    'create iteration',
    fc.record({ runId: id, iteration: number, id: fc.option(id, { nil: undefined }), fields: iterationFields }),
    (client, { fields, ...rest }, projectId) => client.createOptimizationIteration({ ...rest, ...fields, projectId }),
  ),
  call('update iteration', fc.record({ id, iteration: number, fields: iterationFields }), (client, input, projectId) =>
    client.updateOptimizationIteration(input.id, input.iteration, input.fields, { projectId }),
  ),
  call(
    'create samples',
    fc.record({
      runId: id,
      iteration: number,
      iterationId: fc.option(id, { nil: undefined, freq: 1 }),
      indexes: fc.array(number, { maxLength: 3 }),
      fields: sampleFields,
    }),
    (client, { indexes, fields, ...rest }, projectId) =>
      client.batchCreateOptimizationSamples(indexes.map((sampleIndex) => ({ sampleIndex, projectId, ...rest, ...fields }))),
  ),
  call('delete run', id, (client, runId, projectId) => client.deleteOptimizationRun(runId, { projectId })),
  call('best', id, (client, runId, projectId) => client.getBestIteration(runId, { projectId })),
  call('summary', id, (client, runId, projectId) => client.getOptimizationRunSummary(runId, { projectId })),
);

const trails: Trail[] = [];
beforeAll(async () => {
  for (const install of INSTALLS) trails.push(await install.open());
});
afterAll(() => Promise.all(trails.map((trail) => trail.close())));

/** What the database's clock and its own ids differ in. */
const OWN = /^(createdAt|updatedAt|startTime|endTime|heartbeatAt|durationMs|projectId)$/;

/** A result without what each database makes for itself, or the code of a refusal. */
async function answerOf(work: Promise<unknown>, ofItsOwn: (key: string, value: unknown) => boolean): Promise<string> {
  const result = await work.catch((error: unknown) => {
    if (!isOptrailError(error)) throw error;
    return { refused: error.code, constraint: error.constraint };
  });
  return JSON.stringify(result, (key, value) => (ofItsOwn(key, value) ? typeof value : value));
}

const own = (key: string, value: unknown) => OWN.test(key) || (key === 'id' && !ids.includes(String(value)));

test('every engine and owner gives the same answers to the same calls', async () => {
  const property = fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 20 }), async (sequence) => {
    const projectId = newProject();
    for (const each of sequence) {
      const answers = await Promise.all(trails.map(({ client }) => answerOf(each(client, projectId), own)));
      expect(new Set(answers), `${each}\n${answers.join('\n')}`).toHaveProperty('size', 1);
    }
    const everything = async ({ client }: Trail) => {
      const { data } = await client.listOptimizationRuns({ projectId });
      const runs = data.toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const below = runs.map((run) =>
        Promise.all([
          client.getOptimizationIterations(run.id, { projectId }),
          client.getOptimizationSamples(run.id, undefined, undefined, { projectId }),
        ]),
      );
      return [runs, await Promise.all(below)];
    };
    const states = await Promise.all(trails.map((trail) => answerOf(everything(trail), own)));
    expect(new Set(states), states.join('\n')).toHaveProperty('size', 1);
  });
  await fc.assert(property, { numRuns: 25 });
});
