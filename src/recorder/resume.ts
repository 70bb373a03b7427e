import { OptrailError } from '../errors.js';
import type { Journal } from '../journal/port.js';
import type { JsonObject } from '../schemas/json.js';
import type { ResumeOptions, TrackRunOptions } from './options.js';
import type { Resumed } from './port.js';
import { replay } from './queue/replay.js';
import type { ResolveClient } from './queue/writes.js';
import { messageOf, type Warnings } from './warnings.js';

/** A run that goes on. */
export interface ReopenedRun {
  options: TrackRunOptions;
  resumed: Resumed;
  metadata: JsonObject;
  /** Milliseconds that earlier attempts took, as far as they said so. */
  durationMs: number;
}

export interface ReopenParts {
  resolveClient: ResolveClient;
  /** What earlier attempts could not store. */
  leftovers: readonly Journal[];
  warnings: Warnings;
}

/**
 * Sets a run running again, and reads what was recorded: what earlier attempts left in their journals is sent before. Rejects
 * where there is no such run, or where it may not go on.
 */
export async function reopenRun(options: ResumeOptions, { resolveClient, leftovers, warnings }: ReopenParts): Promise<ReopenedRun> {
  const { resume, projectId, signal } = options;
  for (const journal of leftovers) {
    await replay({ journal, resolveClient, onWarning: (message) => warnings.warn(`leftover:${message}`, message) });
  }
  const client = await resolveClient();
  const run = await client.resumeOptimizationRun(resume, { projectId, signal });
  const place = { projectId: run.projectId, signal };
  try {
    // One after the other: in an embedded database they would wait for each other anyway.
    const iterations = await client.getOptimizationIterations(run.id, place);
    const best = await client.getBestIteration(run.id, place);
    const checkpoint = await client.getOptimizationCheckpoint(run.id, place);
    const { optimizerType, direction, scoreMax, attempt } = run;
    return {
      options: { ...options, projectId: run.projectId, optimizerType, direction, scoreMax },
      resumed: { attempt, iterations, best, checkpoint },
      metadata: run.metadata as JsonObject,
      durationMs: run.durationMs ?? 0,
    };
  } catch (error) {
    await client.updateOptimizationRun(run.id, { status: 'failed', errorMessage: messageOf(error) }, place).catch(() => undefined);
    throw new OptrailError('recording_failed', `Run ${run.id} could not be resumed: ${messageOf(error)}`, { cause: error });
  }
}
