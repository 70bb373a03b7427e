import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientOptions } from '../../src/client/open/create-client.js';
import type { OptimizationClient } from '../../src/client/port.js';
import { runNode } from './node.js';

/** What became of what was written. `lost` and `twice` must be 0, whatever happened meanwhile. */
export interface Verdict {
  acknowledged: number;
  stored: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There more than once, or counted more than once by the run. */
  twice: number;
}

/** A run and what is known to be stored in it: `i7` is iteration 7, `s7.2` its third sample. */
export interface Trial {
  runId: string;
  acknowledged: Set<string>;
}

/** Reads a run back and holds it against what was acknowledged. */
export async function verdictOf(client: OptimizationClient, { runId, acknowledged }: Trial): Promise<Verdict> {
  const run = await client.getOptimizationRun(runId);
  const iterations = await client.getOptimizationIterations(runId);
  const samples = await client.getOptimizationSamples(runId, undefined, 100_000);
  const stored = [
    ...iterations.map(({ iteration }) => `i${iteration}`),
    ...samples.map((each) => `s${each.iteration}.${each.sampleIndex}`),
  ];
  const there = new Set(stored);
  const miscounted = Math.abs((run?.iterations ?? 0) - iterations.length) + Math.abs((run?.samplesEvaluated ?? 0) - samples.length);
  return {
    acknowledged: acknowledged.size,
    stored: stored.length,
    lost: [...acknowledged].filter((key) => !there.has(key)).length,
    twice: stored.length - there.size + miscounted,
  };
}

/**
 * A process that writes iterations and samples until it is killed, and says of each when its promise has resolved. What it
 * wrote last may have been stored unheard: it begins one number back, as a retry would, with the same ids.
 */
const WRITER = `
  const { createClient } = await import(dist('client/open/create-client.js'));
  const { place, runId, from, lanes } = JSON.parse(process.argv[1]);
  const client = createClient(place);
  await client.createOptimizationRun({ id: runId, projectId: 'faults', runName: 'faults', optimizerType: 'custom', status: 'running' });
  console.log('ready');
  async function lane(first) {
    for (let iteration = first; ; iteration += lanes) {
      const id = runId.slice(0, 24) + iteration.toString(16).padStart(12, '0');
      await client.createOptimizationIteration({ id, runId, iteration, score: iteration % 7, program: { iteration } });
      console.log('i' + iteration);
      const samples = [0, 1, 2].map((sampleIndex) => ({ runId, iteration, iterationId: id, sampleIndex, score: 1, input: { sampleIndex } }));
      await client.batchCreateOptimizationSamples(samples);
      for (const { sampleIndex } of samples) console.log('s' + iteration + '.' + sampleIndex);
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(from + index)));`;

/** Starts a writer on the place, kills it with SIGKILL at a random moment of its first words, and notes what it had acknowledged. */
export async function killWriter(place: ClientOptions, trial: Trial, lanes: number): Promise<void> {
  const numbers = [...trial.acknowledged].filter((key) => key.startsWith('i')).map((key) => Number(key.slice(1)));
  const from = Math.max(0, Math.max(-1, ...numbers) + 1 - lanes);
  const writer = runNode(WRITER, JSON.stringify({ place, runId: trial.runId, from, lanes }));
  await writer.line('ready');
  const words = Math.random() * 30;
  while (writer.lines.length < words && writer.child.exitCode === null) await sleep(1);
  await sleep(Math.random() * 10);
  writer.child.kill('SIGKILL');
  const { signal, stderr } = await writer.ended;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended before it was killed: ${stderr}`);
  for (const line of writer.lines) if (line !== 'ready') trial.acknowledged.add(line);
}
