import { plainSample } from '../../schemas/plain-sample.js';
import {
  type CreateOptimizationSample,
  CreateOptimizationSampleSchema,
  OptimizationSampleSchema,
  SampleBatchResultSchema,
  SampleBatchSchema,
} from '../../schemas/sample.js';
import { validated, validatedItems } from '../../schemas/validate.js';
import { runIdOf, sampleQueryOf } from '../arguments.js';
import type { OptimizationClient } from '../port.js';
import { answerOf, listAt } from './answers.js';
import { at } from './query.js';
import type { Transport } from './transport.js';

export type SampleCalls = Pick<
  OptimizationClient,
  'createOptimizationSample' | 'batchCreateOptimizationSamples' | 'getOptimizationSamples'
>;

/** The functions on samples, over HTTP. */
export function samplesOver(transport: Transport): SampleCalls {
  return {
    async createOptimizationSample(input, { signal } = {}) {
      const { runId, ...value } = validated(CreateOptimizationSampleSchema, input);
      const call = { method: 'POST', path: at`/v1/runs/${runId}/sample`, body: { value }, signal } as const;
      return answerOf(OptimizationSampleSchema, await transport.call(call));
    },

    async batchCreateOptimizationSamples(inputs, { signal } = {}) {
      const batch = validated(SampleBatchSchema, inputs, ['samples']);
      const samples = await validatedItems(batch, CreateOptimizationSampleSchema, plainSample, ['samples']);
      // All or none: one request, whatever its size.
      const call = { method: 'POST', path: pathOf(samples), body: { name: 'samples', items: samples }, signal } as const;
      return answerOf(SampleBatchResultSchema, await transport.call(call));
    },

    async getOptimizationSamples(runId, iteration, limit, options = {}) {
      const { limit: most, after, ...wanted } = sampleQueryOf(iteration, limit, options);
      const { projectId, failed, changedVs, hashes } = wanted;
      const cursor = after === undefined ? undefined : `${after.iteration}.${after.sampleIndex}`;
      const query = { projectId, iteration: wanted.iteration, failed, changedVs, hashes: hashes || undefined, cursor };
      const call = { path: at`/v1/runs/${runIdOf(runId)}/samples`, query, signal: options.signal };
      return listAt(transport, call, OptimizationSampleSchema, { limit: most, paged: true });
    },
  };
}

/** Samples are mostly of one run; those of several are stored together too. */
function pathOf([first, ...others]: readonly CreateOptimizationSample[]): string {
  const isOfOne = first !== undefined && others.every(({ runId }) => runId === first.runId);
  return isOfOne ? at`/v1/runs/${first.runId}/samples` : '/v1/samples';
}
