import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import '../../src/vitest.js';
import { freshDatabase } from '../support/databases.js';
import { goldenRun } from '../support/golden-run.js';

let client: ClientHandle;
let run: string;
let other: string;
beforeAll(async () => {
  client = createClient({ databaseUrl: await freshDatabase(18, { migrated: true }) });
  run = await goldenRun({ client }, 'p');
  other = await goldenRun({ client }, 'p', { config: { metric: 'other' } });
});
afterAll(() => client.close());

const { gateRuns } = { gateRuns: (...args: Parameters<ClientHandle['gateRuns']>) => client.gateRuns(...args) };

test('a better prompt does not regress, and a worse one does', async () => {
  await expect(run).not.toRegress({ runId: run, iteration: 0 }, { gateRuns });
  await expect({ runId: run, iteration: 0 }).toRegress(run, { gateRuns });
  const failure = expect({ runId: run, iteration: 0 }).not.toRegress(run, { gateRuns });
  await expect(failure).rejects.toThrow(/^Regression: -50 points/);
});

test('runs that cannot be compared pass neither way', async () => {
  await expect(expect(run).not.toRegress(other, { gateRuns })).rejects.toThrow(/^Not comparable: /);
  await expect(expect(run).toRegress(other, { gateRuns })).rejects.toThrow(/^Not comparable: /);
});

test('an undecided comparison passes unless it is told to fail', async () => {
  const baseline = { runId: run, iteration: 16 };
  await expect(run).not.toRegress(baseline, { gateRuns });
  await expect(expect(run).not.toRegress(baseline, { gateRuns, undecided: 'fail' })).rejects.toThrow(/^Undecided: /);
});
