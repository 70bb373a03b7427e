import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient } from '../src/client/open/create-client.js';
import type { ClientHandle } from '../src/client/port.js';
import { openEmbedded } from '../src/database/embedded/engine.js';
import { TRUSTED } from '../src/database/port.js';
import type { Run, SampleRecord } from '../src/recorder/port.js';
import { createTrackRun } from '../src/recorder/track-run.js';
import type { CreateOptimizationSampleInput } from '../src/schemas/sample.js';
import { lateness, longestSlice, threadTime } from './caller-thread.js';
import { ms, percentile, ratio, table, timingOf } from './measure.js';
import { gate, type Section } from './report.js';

const PROJECT = 'bench-thread';
const BATCH = 1000;
const RECORDED = 30;
const LIMITS = { recordMs: 1, stringify: 2, sliceMs: 10, delayMs: 20 };

interface Shape {
  name: string;
  /** How many examples a batch of samples evaluates. */
  examples: number;
  /** Whether every batch brings examples that were never seen. */
  fresh: boolean;
  /** Of an example. */
  characters: number;
}

const KNOWN: Shape = { name: '200 examples, again and again', examples: 200, fresh: false, characters: 1980 };
const NEW: Shape = { name: '1,000 examples, all new', examples: BATCH, fresh: true, characters: 1980 };
const SHORT: Shape = { name: '200 examples of 300 bytes', examples: 200, fresh: false, characters: 280 };

/** Text that no other example has. */
function newExample(characters: number): { question: string } {
  return { question: randomBytes(Math.ceil((characters * 3) / 4)).toString('base64') };
}

function examplesOf({ examples, characters }: Shape) {
  return Array.from({ length: examples }, () => newExample(characters));
}

/** Records whose examples are the caller's own objects, the same ones in every round where they are not new. */
function recordsOf(inputs: readonly object[], count: number, round: number): SampleRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    input: inputs[index % inputs.length],
    expectedOutput: { label: `class-${(index % inputs.length) % 7}` },
    predictedOutput: { label: `class-${(index * round) % 7}` },
    score: (index * round) % 7 === index % 7 ? 1 : 0,
    latencyMs: 100 + ((index * 37 + round) % 900),
  }));
}

function inputsOf(records: readonly SampleRecord[], runId: string, iteration: number): CreateOptimizationSampleInput[] {
  return records.map(
    (record, sampleIndex) => ({ ...record, runId, projectId: PROJECT, iteration, sampleIndex }) as CreateOptimizationSampleInput,
  );
}

interface Cost {
  /** Milliseconds of this thread for one batch. */
  call: number;
  stringify: number;
  /** Longest slices of the rounds, in milliseconds. */
  slices: number[];
}

/** Milliseconds of rest before each measurement, so that none finds the caches that another has filled. */
const REST = 10;
const rest = () => new Promise((resolve) => setTimeout(resolve, REST));

/** Milliseconds of this thread for `work` and a rest after it. The clock of a thread is exact where the thread has just slept. */
async function costWithRest(work: () => unknown): Promise<number> {
  await rest();
  const before = threadTime();
  await work();
  await rest();
  return threadTime() - before;
}

/**
 * Thread time of `call` and of `JSON.stringify` over the same batches, in turn, each after a rest: an optimizer that waits for its
 * model writes a batch now and then, and not one after the other. Then the slices, in rounds of their own, since looking for them
 * keeps the thread busy.
 */
async function costOf<T>(
  make: (round: number) => T[],
  call: (batch: T[], round: number) => Promise<unknown>,
  rounds: number,
): Promise<Cost> {
  const batches = Array.from({ length: rounds + 3 + Math.ceil(rounds / 2) }, (_, round) => make(round));
  for (const round of [0, 1, 2]) await call(batches[round] ?? [], round);
  const cost: Cost = { call: 0, stringify: 0, slices: [] };
  for (const [index, batch] of batches.slice(3, rounds + 3).entries()) {
    const nothing = await costWithRest(() => undefined);
    cost.stringify += ((await costWithRest(() => JSON.stringify(batch).length)) - nothing) / rounds;
    cost.call += ((await costWithRest(() => call(batch, index + 3))) - nothing) / rounds;
  }
  for (const [index, batch] of batches.slice(rounds + 3).entries()) {
    cost.slices.push(await longestSlice(() => call(batch, rounds + 3 + index)));
  }
  return cost;
}

async function throughClient(client: ClientHandle, shape: Shape, rounds: number): Promise<Cost> {
  const run = await client.createOptimizationRun({ projectId: PROJECT, runName: shape.name, optimizerType: 'gepa', status: 'running' });
  const known = examplesOf(shape);
  return costOf(
    (round) => inputsOf(recordsOf(shape.fresh ? examplesOf(shape) : known, BATCH, round), run.id, round),
    (batch) => client.batchCreateOptimizationSamples(batch),
    rounds,
  );
}

/** From the call until all is stored; what the recorder puts off is counted as well. */
async function throughRecorder(
  run: Run,
  shape: Shape,
  rounds: number,
  record: (samples: SampleRecord[]) => Promise<unknown>,
): Promise<Cost> {
  const known = examplesOf(shape);
  return costOf(
    (round) => recordsOf(shape.fresh ? examplesOf(shape) : known, BATCH, round),
    async (samples) => {
      await record(samples);
      await run.flush({ timeoutMs: 60_000 });
    },
    rounds,
  );
}

/** Milliseconds from the call of `run.record` until it has given the thread back, each. */
async function recordTimes(run: Run, calls: number): Promise<number[]> {
  const inputs = examplesOf(KNOWN);
  const times: number[] = [];
  for (let index = -20; index < calls; index += 1) {
    const samples = recordsOf(inputs, RECORDED, index);
    const program = { instruction: newExample(1980).question };
    const start = performance.now();
    const recording = run.record({ score: 0.5, program, params: { round: index }, evalKind: 'minibatch', samples });
    if (index >= 0) times.push(performance.now() - start);
    await recording;
    if (index % 50 === 0) await run.flush();
  }
  return times.sort((a, b) => a - b);
}

interface Delay {
  name: string;
  late: number[];
}

/** How late timers are while the embedded engine works: of three tries the one that the machine disturbed least. */
async function delaysDuring(works: readonly { name: string; work: () => Promise<unknown> }[]): Promise<Delay[]> {
  const found: Delay[] = [];
  for (const { name, work } of works) {
    await work();
    const tries: number[][] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) tries.push((await lateness(work)).sort((a, b) => a - b));
    tries.sort((one, other) => (one.at(-1) ?? 0) - (other.at(-1) ?? 0));
    found.push({ name, late: tries[0] ?? [] });
  }
  return found;
}

interface CostRow extends Cost {
  name: string;
  /** Whether the limits hold for it. */
  isJudged: boolean;
}

async function clientCost(name: string, client: ClientHandle, shape: Shape, rounds: number, isJudged = true): Promise<CostRow> {
  return { name: `${name}, ${shape.name}`, isJudged, ...(await throughClient(client, shape, rounds)) };
}

/** `isWhole`: with an iteration for each batch, whose own write is a call on this thread. */
async function recorderCost(name: string, run: Run, shape: Shape, rounds: number, isWhole = false): Promise<CostRow> {
  let iteration = 1_000_000;
  const record = (samples: SampleRecord[]) => {
    iteration += 1;
    return isWhole ? run.record({ iteration, score: 0.5, evalKind: 'minibatch', samples }) : run.recordSamples(iteration, samples);
  };
  return { name: `${name}, ${shape.name}`, isJudged: !isWhole, ...(await throughRecorder(run, shape, rounds, record)) };
}

async function embeddedCosts(rounds: number): Promise<CostRow[]> {
  await using client = createClient({ memory: true });
  const { trackRun } = createTrackRun(async () => client);
  const rows = [await clientCost('embedded, createSamples', client, NEW, rounds)];
  await trackRun({ projectId: PROJECT, runName: 'embedded', optimizerType: 'gepa', client }, async (run) => {
    rows.push(await recorderCost('embedded, run.recordSamples', run, NEW, rounds));
  });
  return rows;
}

/** With a client of its own, whose thread no other batch has started. */
async function shortCost(url: string, rounds: number): Promise<CostRow> {
  await using client = createClient({ databaseUrl: url });
  return await clientCost('createSamples', client, SHORT, rounds, false);
}

async function ownPoolCost(url: string, rounds: number): Promise<CostRow> {
  const pool = new pg.Pool({ connectionString: url });
  try {
    await using client = createClient({ pool });
    return await clientCost("through a caller's own pool, createSamples", client, NEW, rounds, false);
  } finally {
    await pool.end();
  }
}

async function embeddedDelays(): Promise<Delay[]> {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-bench-'));
  try {
    const client = createClient({ directory });
    const run = await client.createOptimizationRun({ projectId: PROJECT, runName: 'embedded', optimizerType: 'gepa', status: 'running' });
    const inputs = examplesOf(NEW);
    let iteration = 0;
    const load = async () => {
      for (const last = iteration + 5; iteration < last; iteration += 1) {
        await client.batchCreateOptimizationSamples(inputsOf(recordsOf(inputs, BATCH, iteration), run.id, iteration));
      }
    };
    const idle = () => new Promise((resolve) => setTimeout(resolve, 1500));
    const recording = await delaysDuring([
      { name: 'at rest', work: idle },
      { name: 'storing 5,000 samples', work: load },
    ]);
    await client.close();
    const database = await openEmbedded({ directory });
    const query = () => database.query(TRUSTED, { text: 'select count(*) from generate_series(1, 2000000)' });
    const querying = await delaysDuring([{ name: 'in one query of a second', work: query }]);
    await database.close();
    return [...recording, ...querying];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function benchThread(url: string, rounds: number): Promise<Section> {
  await using client = createClient({ databaseUrl: url });
  const missed: string[] = [];
  const { trackRun } = createTrackRun(async () => client);
  const rows: string[][] = [];
  let times: number[] = [];
  const tell = ({ name, isJudged, call, stringify, slices }: CostRow) => {
    const slice = timingOf(slices);
    const judged = (holds: boolean, what: string) => (isJudged ? gate(missed, holds, `${name}: ${what}`) : 'reported');
    rows.push([
      name,
      ms(stringify),
      ms(call),
      ratio(call / stringify),
      judged(call <= LIMITS.stringify * stringify, 'against JSON.stringify'),
      ms(slice.p50),
      ms(Math.max(...slices)),
      judged(slice.p50 <= LIMITS.sliceMs, 'longest slice'),
    ]);
  };
  for (const shape of [KNOWN, NEW]) tell(await clientCost('createSamples', client, shape, rounds));
  await trackRun({ projectId: PROJECT, runName: 'recorder', optimizerType: 'gepa', client }, async (run) => {
    times = await recordTimes(run, 10 * rounds);
    for (const shape of [KNOWN, NEW]) tell(await recorderCost('run.recordSamples', run, shape, rounds));
    tell(await recorderCost('run.record, its iteration too', run, NEW, rounds, true));
  });
  for (const row of await embeddedCosts(rounds / 2)) tell(row);
  tell(await shortCost(url, rounds / 2));
  tell(await ownPoolCost(url, rounds / 2));
  const late = await embeddedDelays();
  const p50 = percentile(times, 0.5);
  const text = [
    table(
      ['run.record with 30 samples', 'ms p50', 'p99', `limit ${LIMITS.recordMs} ms`],
      [['until it returns', ms(p50), ms(percentile(times, 0.99)), gate(missed, p50 <= LIMITS.recordMs, 'run.record returns')]],
    ),
    '',
    table(
      [
        '1,000 samples, 2 KB inputs',
        'JSON.stringify, ms',
        'thread, ms',
        'ratio',
        `limit ${LIMITS.stringify} x`,
        'longest slice p50',
        'max',
        `limit ${LIMITS.sliceMs} ms`,
      ],
      rows,
    ),
    '',
    table(
      ['timers while the embedded engine is', 'ms late p50', 'p99', 'max', `limit ${LIMITS.delayMs} ms`],
      late.map(({ name, late: values }) => [
        name,
        ms(percentile(values, 0.5)),
        ms(percentile(values, 0.99)),
        ms(values.at(-1) ?? 0),
        name === 'at rest' ? '' : gate(missed, (values.at(-1) ?? 0) <= LIMITS.delayMs, `timers while the embedded engine is ${name}`),
      ]),
    ),
  ].join('\n');
  return { title: "The optimizer's own thread", text, missed };
}
