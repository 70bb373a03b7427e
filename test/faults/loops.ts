import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { type ClientOptions, createClient } from '../../src/client/open/create-client.js';
import type { OptimizationClient } from '../../src/client/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import type { CreateOptimizationIterationInput, CreateOptimizationSampleInput } from '../../src/schemas/index.js';
import { killWriter, type Trial, type Verdict, verdictOf } from '../support/acknowledged.js';
import { startProxy } from '../support/proxy.js';
import { asSuperuser } from '../support/sql.js';

/*
 * The faults that have a count: each is a loop of a given length that ends by itself, over real processes and servers. The
 * tests run short ones, `npm run bench -- --faults` long ones.
 */

const newTrial = (): Trial => ({ runId: uuidv7(), acknowledged: new Set() });

/** kill -9 of the writing process, again and again on one run: each next process opens what the last one left. */
export async function killLoop(place: ClientOptions, kills: number, lanes = 1): Promise<Verdict> {
  const trial = newTrial();
  for (let kill = 0; kill < kills; kill += 1) await killWriter(place, trial, lanes);
  await using client = createClient(place);
  return await verdictOf(client, trial);
}

interface RecordedVerdict extends Verdict {
  calls: number;
  pending: number;
  rejected: number;
}

/** Records through the recorder while something is done to the connection, and waits for the queue to empty. */
async function recordUnder(url: string, seconds: number, disturb: (stop: { over: boolean }) => Promise<void>): Promise<RecordedVerdict> {
  await using client = createClient({ databaseUrl: url });
  const { trackRun } = createTrackRun(async () => client);
  const trial = newTrial();
  const stop = { over: false };
  let calls = 0;
  const disturbing = disturb(stop);
  const options = { projectId: 'faults', optimizerType: 'custom', client, onWarning: () => {} };
  const report = await trackRun(options, async (run) => {
    trial.runId = run.id;
    for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(10)) {
      const iteration = await run.record({ score: calls % 5, program: { calls }, samples: [{ score: 1, input: 'same' }, { score: 0 }] });
      calls += 1;
      for (const key of [`i${iteration}`, `s${iteration}.0`, `s${iteration}.1`]) trial.acknowledged.add(key);
    }
    stop.over = true;
    await disturbing;
    return run.flush({ timeoutMs: 120_000 });
  });
  // What was recorded is held against what is stored only where all of it was acknowledged; else the report says what is missing.
  const verdict = await verdictOf(client, trial);
  return { ...verdict, acknowledged: report.acknowledged, pending: report.pending, rejected: report.rejected, calls };
}

/** Every backend of the database but the killer's own is ended every 50 ms. */
export async function backendLoop(url: string, seconds: number): Promise<RecordedVerdict & { killed: number }> {
  let killed = 0;
  const verdict = await recordUnder(url, seconds, async (stop) => {
    while (!stop.over) {
      const text = `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
      killed += (await asSuperuser(url, text)).length;
      await sleep(50);
    }
  });
  return { ...verdict, killed };
}

/** The network is away for a while: connections break, and new ones break at once. */
export async function networkLoop(url: string, seconds: number): Promise<RecordedVerdict & { cuts: number }> {
  const proxy = await startProxy(url);
  let cuts = 0;
  try {
    const verdict = await recordUnder(proxy.url, seconds, async (stop) => {
      await sleep((seconds * 1_000) / 4);
      while (!stop.over) {
        proxy.cut();
        cuts += 1;
        await sleep(5);
      }
    });
    return { ...verdict, cuts };
  } finally {
    await proxy.close();
  }
}

type Write = (client: OptimizationClient, runId: string) => Promise<unknown>;

/** What a recorder sends, each write with the id that makes it the same write however often it comes. */
function writes(): Write[] {
  const ids = Array.from({ length: 4 }, () => uuidv7());
  const iteration = (number: number, rest: Partial<CreateOptimizationIterationInput>): Write => {
    return (client, runId) => client.createOptimizationIteration({ id: ids[number], runId, iteration: number, ...rest });
  };
  const samples = (number: number, indexes: number[], rest: Partial<CreateOptimizationSampleInput> = {}): Write => {
    return (client, runId) =>
      client.batchCreateOptimizationSamples(
        indexes.map((sampleIndex) => ({
          ...{ runId, iteration: number, iterationId: ids[number], sampleIndex, score: sampleIndex / 4, totalTokens: 3, latencyMs: 1.5 },
          ...{ input: { sampleIndex }, costUsd: 0.001, ...rest },
        })),
      );
  };
  return [
    iteration(0, { score: 0.25, isBaseline: true, program: 'p', totalTokens: 5, costUsd: 0.01 }),
    iteration(1, { score: 0.5, decision: 'accepted', parentIterations: [0], program: { p: 1 } }),
    iteration(2, { score: 0.5, evalKind: 'minibatch', program: 'p' }),
    iteration(3, { errorMessage: 'boom', durationMs: 7 }),
    samples(0, [0, 1, 2]),
    samples(1, [0, 1]),
    samples(1, [2], { success: false, errorMessage: 'no' }),
    samples(3, [1]),
  ];
}

/** All that is stored of a run, but for the time of day. */
async function stateOf(client: OptimizationClient, runId: string): Promise<unknown> {
  const [run, iterations, samples] = await Promise.all([
    client.getOptimizationRun(runId),
    client.getOptimizationIterations(runId, { hashes: true }),
    client.getOptimizationSamples(runId, undefined, undefined, { hashes: true }),
  ]);
  const isOwn = (key: string) => ['id', 'runId', 'createdAt', 'updatedAt'].includes(key);
  return JSON.parse(JSON.stringify([run, iterations, samples], (key, value) => (isOwn(key) ? typeof value : value)));
}

/** The same writes in another order, some of them more than once; how many of the tries ended in another state. */
export async function orderLoop(client: OptimizationClient, tries: number): Promise<{ tries: number; different: unknown[] }> {
  let first: string | undefined;
  const different: unknown[] = [];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const runId = uuidv7();
    await client.createOptimizationRun({ id: runId, projectId: 'orders', runName: 'orders', optimizerType: 'custom' });
    const all = writes();
    const order = attempt === 0 ? all : shuffled([...all, ...shuffled(all).slice(0, randomInt(all.length))]);
    for (const write of order) await write(client, runId);
    const state = JSON.stringify(await stateOf(client, runId));
    first ??= state;
    if (state !== first) different.push({ order: order.map((write) => all.indexOf(write)), state });
  }
  return { tries, different };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
