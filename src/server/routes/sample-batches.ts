import type { TrailClient } from '../../client/port.js';
import { isOptrailError } from '../../errors.js';
import { plainSample } from '../../schemas/plain-sample.js';
import { type CreateOptimizationSampleInput, CreateOptimizationSampleSchema } from '../../schemas/sample.js';
import { validated } from '../../schemas/validate.js';
import { statusOf } from '../http/problem.js';
import type { BatchStore, Outcome } from './bulk.js';

/** Samples of one transaction. */
const BATCH = 1000;

/** Stores the lines of samples in batches; if the database refuses a batch, each sample of it alone. */
export function sampleBatches(client: TrailClient, placed: (value: unknown) => unknown): BatchStore {
  return {
    most: BATCH,
    async store(values, signal) {
      const checked = values.map((value) => check(value, placed));
      const inputs = checked.flatMap((each) => ('input' in each ? [each.input] : []));
      const failure = inputs.length === 0 ? null : await failureOf(client.batchCreateOptimizationSamples(inputs, { signal }));
      const outcomes: Outcome[] = [];
      for (const each of checked) {
        if ('error' in each) outcomes.push(each);
        else if (failure === null) outcomes.push({});
        else if (!isOfOne(failure.error)) outcomes.push(failure);
        else outcomes.push((await failureOf(client.createOptimizationSample(each.input, { signal }))) ?? {});
      }
      return outcomes;
    },
  };
}

/** Validates a sample as the client does, so that an invalid one does not fail its batch. */
function check(value: unknown, placed: (value: unknown) => unknown): { input: CreateOptimizationSampleInput } | { error: unknown } {
  try {
    const sample = placed(value);
    return { input: (plainSample(sample) ?? validated(CreateOptimizationSampleSchema, sample)) as CreateOptimizationSampleInput };
  } catch (error) {
    return { error };
  }
}

async function failureOf(call: Promise<unknown>): Promise<{ error: unknown } | null> {
  return call.then(
    () => null,
    (error: unknown) => ({ error }),
  );
}

/** Whether one sample of the batch may be the cause, so that the others can be stored without it. */
function isOfOne(error: unknown): boolean {
  return isOptrailError(error) && statusOf(error.code) < 500 && error.code !== 'aborted';
}
