import type { OptimizationClient } from '../../client/port.js';
import type { CreateOptimizationCheckpointInput } from '../../schemas/checkpoint.js';
import type { CreateOptimizationIterationInput, UpdateOptimizationIterationInput } from '../../schemas/iteration.js';
import type { CreateOptimizationRunInput, UpdateOptimizationRunInput } from '../../schemas/run.js';
import type { CreateOptimizationSampleInput } from '../../schemas/sample.js';

/** Everything that the recorder writes, as plain data that carries its own ids: sent twice it is stored once. */
export type Write =
  | { kind: 'createRun'; input: CreateOptimizationRunInput }
  | { kind: 'updateRun'; runId: string; projectId: string | undefined; changes: UpdateOptimizationRunInput }
  | { kind: 'createIteration'; input: CreateOptimizationIterationInput }
  | {
      kind: 'updateIteration';
      runId: string;
      projectId: string | undefined;
      iteration: number;
      changes: UpdateOptimizationIterationInput;
    }
  | { kind: 'createCheckpoint'; input: CreateOptimizationCheckpointInput }
  | { kind: 'createSamples'; inputs: CreateOptimizationSampleInput[] };

/** Gives the client that a run is recorded through. */
export type ResolveClient = () => Promise<OptimizationClient>;

/** Delivers one write; resolves to the number of rows that were there before, when it is acknowledged. */
export type Send = (write: Write, signal: AbortSignal) => Promise<number>;

export function sendThrough(resolveClient: ResolveClient): Send {
  return async (write, signal) => {
    const client = await resolveClient();
    const options = { signal };
    switch (write.kind) {
      case 'createRun':
        await client.createOptimizationRun(write.input, options);
        return 0;
      case 'updateRun':
        await client.updateOptimizationRun(write.runId, write.changes, { ...options, projectId: write.projectId });
        return 0;
      case 'createIteration':
        await client.createOptimizationIteration(write.input, options);
        return 0;
      case 'updateIteration':
        await client.updateOptimizationIteration(write.runId, write.iteration, write.changes, { ...options, projectId: write.projectId });
        return 0;
      case 'createCheckpoint':
        await client.createOptimizationCheckpoint(write.input, options);
        return 0;
      case 'createSamples':
        return (await client.batchCreateOptimizationSamples(write.inputs, options)).existing;
    }
  };
}
