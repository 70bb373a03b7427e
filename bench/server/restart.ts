import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle, OptimizationClient } from '../../src/client/port.js';
import { migrate } from '../../src/database/migrate.js';
import { openPostgres } from '../../src/database/postgres.js';
import { isOptrailError } from '../../src/errors.js';
import { type Trial, type Verdict, verdictOf } from '../../test/support/acknowledged.js';
import { type Server, startServer } from '../../test/support/postgres.js';
import { table } from '../measure.js';
import { gate, type Section } from '../report.js';
import { startServed } from './process.js';

const LANES = 8;
const PROJECT = 'faults';

interface Outage extends Verdict {
  /** Calls that failed and were made again. */
  again: number;
}

/** A write with an id of its own, made again until it is stored. */
async function stored(write: () => Promise<unknown>, until: number): Promise<number> {
  for (let again = 0; ; again += 1) {
    try {
      await write();
      return again;
    } catch (error) {
      if (!isOptrailError(error) || !error.retryable || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** Iterations with samples, written by several at once, while the database is stopped and started. */
async function load(http: OptimizationClient, trial: Trial, outage: () => Promise<void>): Promise<number> {
  const { runId, acknowledged } = trial;
  let isOver = false;
  let again = 0;
  const until = performance.now() + 60_000;
  async function lane(first: number): Promise<void> {
    for (let iteration = first; !isOver; iteration += LANES) {
      const id = uuidv7();
      const samples = [0, 1, 2].map((sampleIndex) => ({ runId, projectId: PROJECT, iteration, iterationId: id, sampleIndex, score: 1 }));
      again += await stored(() => http.createOptimizationIteration({ id, runId, projectId: PROJECT, iteration, score: 1 }), until);
      acknowledged.add(`i${iteration}`);
      again += await stored(() => http.batchCreateOptimizationSamples(samples), until);
      for (const { sampleIndex } of samples) acknowledged.add(`s${iteration}.${sampleIndex}`);
    }
  }
  const lanes = Array.from({ length: LANES }, (_, index) => lane(index));
  await sleep(2_000);
  await outage();
  await sleep(2_000);
  isOver = true;
  await Promise.all(lanes);
  return again;
}

async function outage(client: ClientHandle, http: ClientHandle, work: () => Promise<void>): Promise<Outage> {
  const run = { projectId: PROJECT, runName: 'restart', optimizerType: 'custom', status: 'running' } as const;
  const { id: runId } = await client.createOptimizationRun(run);
  const trial: Trial = { runId, acknowledged: new Set() };
  const again = await load(http, trial, work);
  return { ...(await verdictOf(client, trial)), again };
}

/** PostgreSQL is stopped, and killed, while eight write over HTTP: what was acknowledged must be there, once. */
export async function benchRestart(): Promise<Section> {
  // A crash loses what is not written; what the machine has it keeps, since only the server dies.
  const postgres: Server = await startServer(18, { synchronous_commit: 'on', full_page_writes: 'on' });
  try {
    const database = openPostgres({ url: postgres.url });
    await migrate(database).finally(() => database.close());
    await using client = createClient({ databaseUrl: postgres.url });
    await client.createProject({ id: PROJECT });
    const { secret } = await client.createApiKey(PROJECT, { name: 'bench', scope: 'write' });
    const server = await startServed(postgres.url);
    await using http = createHttpClient({ url: server.url, apiKey: secret });
    const missed: string[] = [];
    const rows: string[][] = [];
    for (const [name, how] of [
      ['restarted', 'fast'],
      ['killed and started', 'immediate'],
    ] as const) {
      const { acknowledged, again, lost, twice } = await outage(client, http, () => postgres.restart(how));
      const verdict = gate(
        missed,
        acknowledged > 0 && lost === 0 && twice === 0,
        `PostgreSQL ${name} under load: nothing lost, nothing twice`,
      );
      rows.push([name, String(acknowledged), String(again), String(lost), String(twice), verdict]);
    }
    await server.close();
    const text = table(['PostgreSQL under load', 'acknowledged', 'made again', 'lost', 'twice', ''], rows);
    return { title: 'The database goes and comes back', text, missed };
  } finally {
    await postgres.stop();
  }
}
