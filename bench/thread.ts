import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientHandle } from '../src/client/port.js';
import { openEmbedded } from '../src/database/embedded/engine.js';
import { TRUSTED } from '../src/database/port.js';
import { createClient } from '../src/open.js';
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
}

const SHAPES: readonly Shape[] = [
  { name: '200 examples, again and again', examples: 200, fresh: false },
  { name: '1,000 examples, all new', examples: BATCH, fresh: true },
];

/** 2 KB of text that no other example has. */
function exampleOf(name: string): { question: string } {
  const words = Array.from({ length: 45 }, (_, word) => createHash('md5').update(`${name}.${word}`).digest('base64url'));
  return { question: words.join(' ').slice(0, 1980) };
}

function examplesOf({ examples, fresh }: Shape, round: number) {
  return Array.from({ length: examples }, (_, example) => exampleOf(fresh ? `${round}.${example}` : String(example)));
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

/**
 * Thread time of `call` and of `JSON.stringify` over the same batches, in blocks: the clock of a thread moves in steps of some
 * milliseconds. Then the slices, in rounds of their own, since looking for them keeps the thread busy.
 */
async function costOf<T>(
  make: (round: number) => T[],
  call: (batch: T[], round: number) => Promise<unknown>,
  rounds: number,
): Promise<Cost> {
  const batches = Array.from({ length: 2 * rounds + 3 }, (_, round) => make(round));
  for (const round of [0, 1, 2]) await call(batches[round] ?? [], round);
  const timed = batches.slice(3, rounds + 3);
  const cost: Cost = { call: 0, stringify: 0, slices: [] };
  let characters = 0;
  const before = threadTime();
  for (const batch of timed) characters += JSON.stringify(batch).length;
  const between = threadTime();
  for (const [index, batch] of timed.entries()) await call(batch, index + 3);
  cost.call = (threadTime() - between) / timed.length;
  cost.stringify = (between - before) / timed.length;
  if (characters === 0) throw new Error('nothing was written');
  for (const [index, batch] of batches.slice(rounds + 3).entries()) {
    cost.slices.push(await longestSlice(() => call(batch, rounds + 3 + index)));
  }
  return cost;
}

async function throughClient(client: ClientHandle, shape: Shape, rounds: number): Promise<Cost> {
  const run = await client.createOptimizationRun({ projectId: PROJECT, runName: shape.name, optimizerType: 'gepa', status: 'running' });
  const known = examplesOf(shape, 0);
  return costOf(
    (round) => inputsOf(recordsOf(shape.fresh ? examplesOf(shape, round) : known, BATCH, round), run.id, round),
    (batch) => client.batchCreateOptimizationSamples(batch),
    rounds,
  );
}

/** From the call until all is stored; what the recorder puts off is counted as well. */
async function throughRecorder(run: Run, shape: Shape, rounds: number): Promise<Cost> {
  const known = examplesOf(shape, 0);
  return costOf(
    (round) => recordsOf(shape.fresh ? examplesOf(shape, 1_000_000 + round) : known, BATCH, round),
    async (samples, round) => {
      await run.record({ score: round / 1000, evalKind: 'minibatch', samples });
      await run.flush({ timeoutMs: 60_000 });
    },
    rounds,
  );
}

/** Milliseconds from the call of `run.record` until it has given the thread back, each. */
async function recordTimes(run: Run, calls: number): Promise<number[]> {
  const inputs = examplesOf({ name: '', examples: 200, fresh: false }, 0);
  const times: number[] = [];
  for (let index = -20; index < calls; index += 1) {
    const samples = recordsOf(inputs, RECORDED, index);
    const program = { instruction: exampleOf(`program ${index}`).question };
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

async function embeddedDelays(): Promise<Delay[]> {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-bench-'));
  try {
    const client = createClient({ directory });
    const run = await client.createOptimizationRun({ projectId: PROJECT, runName: 'embedded', optimizerType: 'gepa', status: 'running' });
    const inputs = examplesOf({ name: '', examples: BATCH, fresh: true }, 0);
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
  const judged = (name: string, { call, stringify, slices }: Cost) => {
    const slice = timingOf(slices);
    rows.push([
      name,
      ms(stringify),
      ms(call),
      ratio(call / stringify),
      gate(missed, call <= LIMITS.stringify * stringify, `${name}: against JSON.stringify`),
      ms(slice.p50),
      ms(Math.max(...slices)),
      gate(missed, slice.p50 <= LIMITS.sliceMs, `${name}: longest slice`),
    ]);
  };
  for (const shape of SHAPES) judged(`createSamples, ${shape.name}`, await throughClient(client, shape, rounds));
  await trackRun({ projectId: PROJECT, runName: 'recorder', optimizerType: 'gepa', client }, async (run) => {
    times = await recordTimes(run, 10 * rounds);
    for (const shape of SHAPES) judged(`run.record, ${shape.name}`, await throughRecorder(run, shape, rounds));
  });
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
