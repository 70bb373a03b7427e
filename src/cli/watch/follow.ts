import { setTimeout as sleep } from 'node:timers/promises';
import { isOptrailError, OptrailError } from '../../errors.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Reader } from '../reader.js';

/** Milliseconds between two looks. */
const LOOK_EVERY = 1_000;
/** Iterations that are looked for behind the newest one: several recorders of a run do not store in the order of their numbers. */
const BEHIND = 50;
const PAGE = 1_000;
const ENDED: readonly OptimizationRun['status'][] = ['completed', 'failed', 'cancelled'];

/** What a look at a run found. */
export interface Look {
  run: OptimizationRun;
  /** Iterations that have a result since the look before, in the order of their numbers; once the run has ended, all that are left. */
  iterations: OptimizationIteration[];
}

export interface FollowOptions {
  signal: AbortSignal;
  /** Told when the database does not answer, which is waited for. */
  onTrouble(error: OptrailError): void;
}

/** Looks at a run each second until it has ended. Rejects with `not_found` where it is deleted meanwhile. */
export async function* follow(reader: Reader, { id, projectId }: OptimizationRun, options: FollowOptions): AsyncGenerator<Look> {
  const { signal } = options;
  const told = new Set<number>();
  let newest = -1;
  for (;;) {
    const run = await patiently(() => reader.getOptimizationRun(id, { projectId, signal }), options);
    if (run === null) throw new OptrailError('not_found', `Run ${id} was deleted.`, { path: '<run>' });
    // The run before its iterations, so that those of one that has ended are all there.
    const hasEnded = ENDED.includes(run.status);
    const from = hasEnded ? -1 : Math.max(-1, newest - BEHIND);
    const found = await patiently(() => iterationsAfter(reader, run, from, signal), options);
    const iterations = found.filter(({ iteration, status }) => !told.has(iteration) && (hasEnded || status !== 'running'));
    for (const { iteration } of iterations) told.add(iteration);
    newest = Math.max(newest, ...iterations.map(({ iteration }) => iteration));
    yield { run, iterations };
    if (hasEnded) return;
    await sleep(LOOK_EVERY, undefined, { signal });
  }
}

async function iterationsAfter(
  reader: Reader,
  { id, projectId }: OptimizationRun,
  from: number,
  signal: AbortSignal,
): Promise<OptimizationIteration[]> {
  const all: OptimizationIteration[] = [];
  for (let after = from; ; after = all.at(-1)?.iteration ?? after) {
    const page = await reader.getOptimizationIterations(id, { projectId, signal, limit: PAGE, ...(after < 0 ? {} : { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** What may pass is waited for: a run goes on for hours, and a database is started anew in between. */
async function patiently<T>(read: () => Promise<T>, { signal, onTrouble }: FollowOptions): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isOptrailError(error) || !error.retryable || signal.aborted) throw error;
      onTrouble(error);
      await sleep(LOOK_EVERY, undefined, { signal });
    }
  }
}
