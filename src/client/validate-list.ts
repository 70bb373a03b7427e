import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BatchCreateOptimizationSamplesSchema,
  type CreateOptimizationSample,
  CreateOptimizationSampleSchema,
  MAX_BATCH,
} from '../schemas/sample.js';
import { validated } from './validate.js';

/** Longest time in milliseconds for which the check holds up the caller's thread. */
const SLICE_MS = 4;
const ROOT = ['samples'];

/**
 * A batch as {@link BatchCreateOptimizationSamplesSchema} gives it back, checked in slices between which the event loop gets a
 * turn: a thousand samples are several milliseconds of work. The list is taken as it is now; what its samples hold is read
 * when their slice comes.
 */
export async function validatedSamples(inputs: unknown): Promise<readonly CreateOptimizationSample[]> {
  if (!Array.isArray(inputs) || inputs.length > MAX_BATCH) return validated(BatchCreateOptimizationSamplesSchema, inputs, ROOT);
  const list: readonly unknown[] = [...inputs];
  const valid: CreateOptimizationSample[] = [];
  let end = performance.now() + SLICE_MS;
  for (const input of list) {
    const result = parsed(input);
    // Once more and as a whole: the error names every sample that is wrong.
    if (result === undefined) return validated(BatchCreateOptimizationSamplesSchema, list, ROOT);
    valid.push(result);
    if (performance.now() < end) continue;
    await nextTurn();
    end = performance.now() + SLICE_MS;
  }
  return valid;
}

/** Undefined where something is wrong, a getter that throws included. */
function parsed(input: unknown): CreateOptimizationSample | undefined {
  try {
    return CreateOptimizationSampleSchema.safeParse(input).data;
  } catch {
    return undefined;
  }
}
