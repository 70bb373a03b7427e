import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientOptions } from '../../src/client/open/target.js';
import type { ClientHandle, OptimizationClient } from '../../src/client/port.js';
import type { CreateOptimizationSampleInput } from '../../src/schemas/index.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';
import { ABSENT, aRun, newProject } from '../support/records.js';

/** Threads that this process started since a test began; the embedded engine's is one of them. */
let started: Worker[] = [];
const note = (worker: Worker) => started.push(worker);
beforeEach(() => {
  started = [];
  process.on('worker', note);
});
afterEach(() => {
  process.off('worker', note);
});

/** A process that stores a batch worth a thread, and closes nothing. */
const STORING = `
  const { createClient } = await import(dist('index.js'));
  const client = createClient(JSON.parse(process.argv[1]));
  const { id: runId } = await client.createOptimizationRun({ projectId: 'p', runName: 'r', optimizerType: 'gepa' });
  const input = { text: 'What was said before. '.repeat(30) };
  const samples = Array.from({ length: 300 }, (_, sampleIndex) => ({ runId, iteration: 1, sampleIndex, input }));
  console.log('stored', (await client.batchCreateOptimizationSamples(samples)).stored);`;

interface Place {
  name: string;
  /** Threads of the database itself. */
  engines: number;
  open(): Promise<ClientOptions>;
  close(options: ClientOptions): void;
}

const PLACES: Place[] = [
  {
    name: 'PGlite',
    engines: 1,
    open: async () => ({ directory: freshDirectory() }),
    close: ({ directory = '' }) => rmSync(directory, { recursive: true, force: true }),
  },
  { name: 'PostgreSQL 18', engines: 0, open: async () => ({ databaseUrl: await freshDatabase(18, { migrated: true }) }), close: () => {} },
];

/** With less in its samples a batch is not worth a thread. */
const CONTEXT = 'What was said before. '.repeat(30);

function batch(runId: string, count: number, rest: Partial<CreateOptimizationSampleInput> = {}, iteration = 1) {
  return Array.from({ length: count }, (_, index) => ({
    runId,
    iteration,
    sampleIndex: index,
    input: { question: `What is ${index} plus ${index}?`, context: CONTEXT },
    expectedOutput: 2 * index,
    score: 1,
    ...rest,
  }));
}

const newRun = async (client: OptimizationClient, projectId = newProject()) => (await client.createOptimizationRun(aRun(projectId))).id;
const stored = async (client: OptimizationClient, runId: string) => (await client.getOptimizationSamples(runId, 1, 10_000)).length;

describe.each(PLACES)('samples on $name', ({ open, close, engines }) => {
  let options: ClientOptions;
  let client: ClientHandle;
  beforeAll(async () => {
    options = await open();
  });
  beforeEach(() => {
    client = createClient(options);
  });
  afterEach(() => client.close());
  afterAll(() => close(options));

  const samplesThread = () => started[engines];

  test('a large batch starts a thread, which ends with its client; a small one starts none', async () => {
    const runId = await newRun(client);
    await client.batchCreateOptimizationSamples(batch(runId, 200, { input: 'short' }, 3));
    await client.batchCreateOptimizationSamples(batch(runId, 99));
    expect(started).toHaveLength(engines);
    expect(await client.batchCreateOptimizationSamples(batch(runId, 150))).toEqual({ stored: 51, existing: 99 });
    expect(started).toHaveLength(engines + 1);
    await client.batchCreateOptimizationSamples(batch(runId, 3, {}, 2));
    await client.batchCreateOptimizationSamples([]);
    const ended = once(samplesThread() as Worker, 'exit');
    await client.close();
    await ended;
    expect(started).toHaveLength(engines + 1);
  });

  test('so does a small one with much in it, and both are read as they were given', async () => {
    const runId = await newRun(client);
    const text = 'a document with „quotes“, "quotes" and 🎯.\n'.repeat(10_000);
    const given = {
      input: { text },
      expectedOutput: [null, -0, 1e-7, { __proto__: null, '': '' }],
      predictedOutput: undefined,
      metadata: { a: 1 },
    };
    await client.batchCreateOptimizationSamples(batch(runId, 2, given));
    expect(started).toHaveLength(engines + 1);
    const [first, second] = await client.getOptimizationSamples(runId);
    expect(first).toMatchObject({
      input: { text },
      expectedOutput: [null, 0, 1e-7, { '': '' }],
      predictedOutput: null,
      metadata: { a: 1 },
    });
    expect({ ...second, sampleIndex: 0, createdAt: first?.createdAt }).toEqual(first);
  });

  test('what would arrive as something else is stored by the thread of the caller, as ever', async () => {
    class Price {
      constructor(readonly cents: number) {}
      toJSON() {
        return this.cents / 100;
      }
    }
    const runId = await newRun(client);
    await client.batchCreateOptimizationSamples(batch(runId, 120, { predictedOutput: new Price(250) as never }));
    expect(started).toHaveLength(engines);
    expect((await client.getOptimizationSamples(runId, 1, 1))[0]?.predictedOutput).toBe(2.5);
  });

  test('a refusal is told in the same words, and nothing is stored', async () => {
    const runId = await newRun(client);
    const bad = batch(runId, 200);
    Object.assign(bad[150] ?? {}, { score: Number.NaN, latency_ms: 3 });
    const refusal = (await client.batchCreateOptimizationSamples(bad).catch((error: unknown) => error)) as Error;
    expect(refusal).toMatchObject({ code: 'invalid_input', path: 'samples[150].score', hint: 'Nothing was stored.' });
    expect(refusal.message).toMatch(/samples\[150\]\.latency_ms: is not a field here; did you mean latencyMs\?/);
    await expect(client.batchCreateOptimizationSamples(batch(ABSENT, 200))).rejects.toMatchObject({ code: 'not_found' });
    await client.createOptimizationIteration({ runId, iteration: 1, score: 1 });
    const conflict = {
      code: 'conflict',
      sqlState: 'OT005',
      hint: expect.stringContaining('Leave iterationId out'),
      cause: { code: 'OT005' },
    };
    await expect(client.batchCreateOptimizationSamples(batch(runId, 200, { iterationId: ABSENT }))).rejects.toMatchObject(conflict);
    expect(started).toHaveLength(engines + 1);
    expect(await stored(client, runId)).toBe(0);
  });

  test('row-level security decides there as well', async () => {
    const projectId = newProject();
    const runId = await newRun(client, projectId);
    const as = (role: 'viewer' | 'editor') => client.as({ sub: 'somebody', optrail_projects: { [projectId]: role } });
    await expect(as('viewer').batchCreateOptimizationSamples(batch(runId, 120))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(client.as({ sub: 'a stranger' }).batchCreateOptimizationSamples(batch(runId, 120))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await as('editor').batchCreateOptimizationSamples(batch(runId, 120))).toEqual({ stored: 120, existing: 0 });
    expect(started).toHaveLength(engines + 1);
  });

  test('a call that is cancelled rejects at once, and the thread goes on with the next', async () => {
    const runId = await newRun(client);
    const controller = new AbortController();
    const cancelled = client.batchCreateOptimizationSamples(batch(runId, 3_000, {}, 2), { signal: controller.signal });
    const told = expect(cancelled).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    setTimeout(() => controller.abort('enough'), 5);
    await told;
    expect(await client.batchCreateOptimizationSamples(batch(runId, 500))).toEqual({ stored: 500, existing: 0 });
    expect(started).toHaveLength(engines + 1);
    const rest = (await client.getOptimizationSamples(runId, 2, 10_000)).length;
    expect([0, 3_000]).toContain(rest);
  });

  test('many batches at once are all stored', async () => {
    const runId = await newRun(client);
    const batches = Array.from({ length: 20 }, (_, n) => batch(runId, 150, {}, n));
    const results = await Promise.all(batches.map((each) => client.batchCreateOptimizationSamples(each)));
    expect(results).toEqual(Array(20).fill({ stored: 150, existing: 0 }));
    expect(started).toHaveLength(engines + 1);
  });

  test('a thread that ends is replaced by the caller’s own, with a warning; each sample is stored once', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const runId = await newRun(client);
      await client.batchCreateOptimizationSamples(batch(runId, 100, {}, 0));
      const calls = Array.from({ length: 8 }, (_, n) => client.batchCreateOptimizationSamples(batch(runId, 500, {}, n + 1)));
      await sleep(10);
      await samplesThread()?.terminate();
      const results = await Promise.all(calls);
      expect(results.map(({ stored, existing }) => stored + existing)).toEqual(Array(8).fill(500));
      expect(await stored(client, runId)).toBe(500);
      expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('The thread that stores samples ended'));
      await client.batchCreateOptimizationSamples(batch(runId, 200, {}, 20));
      expect(started).toHaveLength(engines + 1);
      expect((await client.getOptimizationRun(runId))?.samplesEvaluated).toBe(100 + 8 * 500 + 200);
    } finally {
      warned.mockRestore();
    }
  });

  test('a process that does not close its client ends all the same', async () => {
    await client.close();
    const child = runNode(STORING, JSON.stringify(options));
    expect(await child.line('stored')).toBe('stored 300');
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('on PostgreSQL 18', () => {
  test('each example is sent once, whichever thread sends it', async () => {
    const databaseUrl = await freshDatabase(18, { migrated: true });
    const pool = new pg.Pool({ connectionString: databaseUrl });
    await pool.query(`
      create table public.sent (count int); insert into sent values (0);
      create function count_sent() returns trigger language plpgsql as $$ begin update public.sent set count = count + 1; return new; end $$;
      create trigger a_count before insert on optimization_examples for each row execute function count_sent();`);
    await using client = createClient({ databaseUrl });
    const runId = await newRun(client);
    await client.batchCreateOptimizationSamples(batch(runId, 20, {}, 1));
    await client.batchCreateOptimizationSamples(batch(runId, 200, {}, 2));
    await client.batchCreateOptimizationSamples(batch(runId, 50, {}, 3));
    await client.createOptimizationSample({ ...batch(runId, 1, {}, 4)[0], runId, iteration: 4, sampleIndex: 0 });
    expect(started).toHaveLength(1);
    expect((await pool.query('select count from sent')).rows).toEqual([{ count: 200 }]);
    await pool.end();
  });

  test('where a process may start no thread, its own stores them', async () => {
    const databaseUrl = await freshDatabase(18, { migrated: true });
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    vi.stubEnv('NODE_OPTIONS', `${flag} --allow-fs-read=*`);
    const child = runNode(STORING, JSON.stringify({ databaseUrl }));
    vi.unstubAllEnvs();
    expect(await child.line('stored')).toBe('stored 300');
    expect(await child.ended).toMatchObject({ code: 0 });
  });

  test('what goes through a caller’s own pool stays on the caller’s thread', async () => {
    const pool = new pg.Pool({ connectionString: await freshDatabase(18, { migrated: true }) });
    const client = createClient({ pool });
    const runId = await newRun(client);
    expect(await client.batchCreateOptimizationSamples(batch(runId, 1_000))).toEqual({ stored: 1_000, existing: 0 });
    expect(started).toHaveLength(0);
    await client.close();
    await pool.end();
  });
});

test('an embedded engine that is ended under a batch has it made again on the next one', async () => {
  const directory = freshDirectory();
  const client = createClient({ directory });
  const runId = await newRun(client);
  await client.batchCreateOptimizationSamples(batch(runId, 100, {}, 0));
  const calls = Array.from({ length: 5 }, (_, n) => client.batchCreateOptimizationSamples(batch(runId, 1_000, {}, n + 1)));
  await sleep(30);
  await started[0]?.terminate();
  expect((await Promise.all(calls)).map(({ stored, existing }) => stored + existing)).toEqual(Array(5).fill(1_000));
  expect((await client.getOptimizationRun(runId))?.samplesEvaluated).toBe(5_100);
  await client.close();
  rmSync(directory, { recursive: true, force: true });
});
