import { readdirSync } from 'node:fs';
import { setImmediate as eventLoopTurn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from '../../src/client/open/create-client.js';
import { openJournal } from '../../src/client/open/journal-location.js';
import type { FlushReport, Run } from '../../src/recorder/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { type Verdict, verdictOf } from '../support/acknowledged.js';
import { startProxy, type TcpProxy } from '../support/proxy.js';

/** 100 rows a second: ten iterations, each with nine samples. */
const ITERATIONS_A_SECOND = 10;
const SAMPLES = 9;
/** So much that ten minutes of it, held in memory, would not fit {@link LIMITS}. */
const PROGRAM = 'Answer in one word. '.repeat(400);
const INPUT = 'The parcel has not arrived. '.repeat(5);
const HEAP_EVERY_MS = 2_000;

/** What the promise comes to. `drainMs` is counted from the end of the blackhole, the longest wait for a dead connection included. */
const LIMITS = { recordMs: 500, heapMb: 64, drainMs: 60_000 };

export interface BlackholeVerdict extends Verdict {
  calls: number;
  /** At the end of the blackhole, and when the queue was empty. */
  during: FlushReport;
  after: FlushReport;
  /** The longest that the optimizer waited for `run.record`. */
  recordMs: number;
  /** The most that the heap held, just collected, beyond what it held before. */
  heapMb: number;
  drainMs: number;
  /** Journals that are still there when the run is over. */
  journals: number;
}

export interface Blackhole {
  seconds: number;
  /** Whether the connections of before are reset when the network is back, as a router that forgot them does. Else they stay. */
  isReset: boolean;
}

/** All that a run sends, and all that it is sent, is swallowed for a while, and its optimizer goes on at its pace. */
export async function blackhole(url: string, directory: string, { seconds, isReset }: Blackhole): Promise<BlackholeVerdict> {
  const proxy = await startProxy(url);
  try {
    await using client = createClient({ databaseUrl: proxy.url });
    const { trackRun } = createTrackRun(async () => client, openJournal);
    const pace = new Pace();
    const options = { projectId: 'faults', optimizerType: 'custom', client, journal: directory, onWarning: () => {} };
    const { runId, ...figures } = await trackRun(options, async (run) => {
      await pace.record(run, 1);
      await run.flush();
      using heap = new Heap();
      await Promise.all([swallowFromAnAnswerOn(proxy), pace.record(run, seconds)]);
      // As long as a disk may take for the last of it.
      const during = await run.flush({ timeoutMs: 1_000 });
      heap.look();
      proxy.blackhole = false;
      if (isReset) proxy.cut();
      const back = performance.now();
      const after = await run.flush({ timeoutMs: 5 * LIMITS.drainMs });
      const drainMs = performance.now() - back;
      heap.look();
      return { runId: run.id, during, after, drainMs, heapMb: heap.growthMb };
    });
    await using direct = createClient({ databaseUrl: url });
    const verdict = await verdictOf(direct, { runId, acknowledged: keysOf(pace.calls) });
    const journals = readdirSync(directory).filter((name) => name.endsWith('.jsonl')).length;
    return { ...verdict, ...figures, calls: pace.calls, recordMs: pace.longestMs, journals };
  } finally {
    await proxy.close();
  }
}

/** What of the promise does not hold; nothing where all of it does. */
export function complaints({ calls, during, after, recordMs, heapMb, drainMs, journals, ...rows }: BlackholeVerdict): string[] {
  const sum = ({ acknowledged, pending, rejected }: FlushReport) => acknowledged + pending + rejected;
  return [
    ...(rows.lost === 0 && rows.twice === 0 ? [] : [`${rows.lost} rows lost, ${rows.twice} twice`]),
    ...(sum(during) === calls && sum(after) === calls ? [] : [`${sum(during)} and ${sum(after)} reported of ${calls} calls`]),
    ...(after.acknowledged === calls ? [] : [`${after.pending} pending, ${after.rejected} rejected`]),
    ...(during.kept === during.pending ? [] : [`${during.kept} of ${during.pending} on disk`]),
    ...(recordMs < LIMITS.recordMs ? [] : [`a record took ${recordMs.toFixed(0)} ms`]),
    ...(heapMb < LIMITS.heapMb ? [] : [`the heap grew by ${heapMb.toFixed(0)} MB`]),
    ...(drainMs < LIMITS.drainMs ? [] : [`drained in ${(drainMs / 1_000).toFixed(0)} s`]),
    ...(journals === 0 ? [] : ['the journal is still there']),
  ];
}

/** An optimizer that keeps its pace whatever the recorder does, and notes how long it was held up. */
class Pace {
  calls = 0;
  longestMs = 0;

  async record(run: Run, seconds: number): Promise<void> {
    const start = performance.now();
    for (let done = 0; done < seconds * ITERATIONS_A_SECOND; done += 1) {
      const due = start + (done * 1_000) / ITERATIONS_A_SECOND;
      await sleep(Math.max(0, due - performance.now()));
      const before = performance.now();
      await run.record({ score: this.calls % 5, program: `${this.calls} ${PROGRAM}`, samples: this.samples() });
      this.longestMs = Math.max(this.longestMs, performance.now() - before);
      this.calls += 1;
    }
    await sleep(Math.max(0, start + seconds * 1_000 - performance.now()));
  }

  private samples() {
    return Array.from({ length: SAMPLES }, (_, index) => ({
      score: index % 2,
      input: `${index} ${INPUT}`,
      predictedOutput: `${this.calls}`,
    }));
  }
}

/** From the middle of a call on: the server has stored what the client will not hear of and send again. */
async function swallowFromAnAnswerOn(proxy: TcpProxy): Promise<void> {
  for (const trips = proxy.roundTrips(); proxy.roundTrips() === trips; ) await eventLoopTurn();
  proxy.blackhole = true;
}

/** Watches how much is held, beside what may be collected. */
class Heap implements Disposable {
  private readonly before = heldMb();
  private most = this.before;
  private readonly timer = setInterval(() => this.look(), HEAP_EVERY_MS);

  look(): void {
    this.most = Math.max(this.most, heldMb());
  }

  get growthMb(): number {
    return this.most - this.before;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldMb(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 ** 2;
}

function keysOf(iterations: number): Set<string> {
  const numbers = [...Array(iterations).keys()];
  return new Set(numbers.flatMap((number) => [`i${number}`, ...Array.from({ length: SAMPLES }, (_, index) => `s${number}.${index}`)]));
}
