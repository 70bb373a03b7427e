import canonicalizeModule from 'canonicalize';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { textProblem } from '../../src/schemas/json.js';
import { INSTALLS, THREADED, useTrail } from '../support/trails.js';
import { CLI_ONLY, ENTRIES, HTTP_ONLY } from './entries.js';
import { ROWS } from './list.js';
import type { Row, Target } from './senders.js';
import { COUNTS, makeTarget } from './target.js';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

test('every entry of the list is sent through the SDK, but those that have another door alone', () => {
  const sent = new Set([...ROWS.map(({ entry }) => entry), ...CLI_ONLY, ...HTTP_ONLY]);
  expect([...sent].sort()).toEqual([...ENTRIES].sort());
});

describe.each([...INSTALLS, ...THREADED.filter(({ kind }) => kind === 'postgres')])('hostile input on $name', (install) => {
  const trail = useTrail(install);
  let target: Target;
  beforeAll(async () => {
    target = await makeTarget(trail.client, (claims) => trail.client.as(claims));
  });

  const answers = async () => (await trail.sql(COUNTS))[0];

  async function send(row: Row): Promise<void> {
    const what = `${row.entry}: ${row.sent}`;
    if ('back' in row) {
      const { wanted, got } = await row.back(target);
      expect(canonicalize(got), what).toBe(canonicalize(wanted));
      expect(await answers(), what).toBeDefined();
      return;
    }
    const before = await answers();
    const refused = await row.call(target).then(
      () => 'nothing',
      (error: unknown) => error,
    );
    expect(refused, what).toMatchObject({ code: row.code, ...(row.path === undefined ? {} : { path: row.path }), retryable: false });
    expect(await answers(), what).toEqual(before);
  }

  test.each(ENTRIES.filter((entry) => ROWS.some((row) => row.entry === entry)))('%s', { timeout: 120_000 }, async (entry) => {
    for (const row of ROWS.filter((each) => each.entry === entry)) await send(row);
    expect({}).not.toHaveProperty('polluted');
  });

  test('any JSON comes back as it was given, or is refused for what PostgreSQL cannot hold', async () => {
    const { client, runId } = target;
    const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 });
    const property = fc.asyncProperty(value, fc.integer({ min: 0, max: 3 }), async (json, sampleIndex) => {
      const iteration = target.next();
      const given = canonicalize(JSON.parse(JSON.stringify(json)));
      const write = async () => {
        await client.createOptimizationIteration({ runId, iteration, program: json, params: { json } });
        const rest = { input: json, expectedOutput: json, predictedOutput: json, metadata: { json } };
        return client.createOptimizationSample({ runId, iteration, sampleIndex, ...rest });
      };
      if (holdsNul(json)) {
        await expect(write()).rejects.toMatchObject({ code: 'invalid_input', path: expect.stringMatching(/^program|^params/) });
        return;
      }
      await write();
      const [sample] = await client.getOptimizationSamples(runId, iteration);
      const stored = (await client.getOptimizationIterations(runId)).find((each) => each.iteration === iteration);
      const values = [
        sample?.input,
        sample?.expectedOutput,
        sample?.predictedOutput,
        sample?.metadata?.json,
        stored?.program,
        stored?.params.json,
      ];
      expect(values.map((each) => canonicalize(each))).toEqual(Array(6).fill(given));
    });
    await fc.assert(property, { numRuns: 25 });
  });
});

function holdsNul(json: unknown): boolean {
  if (typeof json === 'string') return textProblem(json) !== null;
  if (typeof json !== 'object' || json === null) return false;
  return Object.entries(json).some(([key, value]) => textProblem(key) !== null || holdsNul(value));
}
