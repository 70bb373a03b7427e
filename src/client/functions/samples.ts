import * as z from 'zod';
import { CountSchema, IdSchema, IterationNumberSchema } from '../../schemas/primitives.js';
import {
  type CreateOptimizationSampleInput,
  CreateOptimizationSampleSchema,
  type OptimizationSample,
  OptimizationSampleSchema,
  type SampleBatchResult,
  SampleBatchResultSchema,
  SampleBatchSchema,
} from '../../schemas/sample.js';
import { weightOf } from '../../schemas/weighed.js';
import { operation } from './operation.js';
import { type CallOptions, type ReadOptions, withHashes } from './options.js';

/** Samples of one list if the caller gives no limit. */
const DEFAULT_SAMPLES = 1000;

export interface SampleReadOptions extends ReadOptions {
  /** Only samples that failed. */
  failed?: boolean | undefined;
  /**
   * Only samples whose score or outcome differs from that of the same example in this iteration of the run, or whose example
   * it did not evaluate. Goes with `iteration`.
   */
  changedVs?: number | undefined;
  /** Only samples after this one, the last of the page before. */
  after?: { iteration: number; sampleIndex: number } | undefined;
}

export interface SampleFunctions {
  /** Records one sample and returns it; one that exists is returned unchanged. */
  createOptimizationSample(input: CreateOptimizationSampleInput, options?: CallOptions): Promise<OptimizationSample>;
  /**
   * Records many samples in one transaction, all or none. They are read in slices, so that many of them do not hold up your
   * thread: leave them unchanged until the promise resolves.
   */
  batchCreateOptimizationSamples(inputs: readonly CreateOptimizationSampleInput[], options?: CallOptions): Promise<SampleBatchResult>;
  /** Samples of a run, or of one of its iterations, by iteration and index. `limit` is 1,000 by default. */
  getOptimizationSamples(runId: string, iteration?: number, limit?: number, options?: SampleReadOptions): Promise<OptimizationSample[]>;
}

/** A batch whose samples are checked later, one by one. A list that the recorder has weighed is not copied: the copy would lose its weight. */
const UncheckedSamplesSchema = z.unknown().transform((batch, context): readonly unknown[] => {
  if (Array.isArray(batch) && weightOf(batch) !== undefined) return batch;
  const { data, error } = SampleBatchSchema.safeParse(batch);
  for (const issue of error?.issues ?? []) context.issues.push({ ...issue, input: batch } as z.core.$ZodRawIssue);
  return data ?? [];
});

export const sampleOperations = {
  createOptimizationSample: operation({
    method: 'POST',
    path: '/v1/runs/:runId/sample',
    access: 'editor',
    args: { sample: CreateOptimizationSampleSchema },
    body: 'sample',
    idempotent: true,
    result: 'row',
    output: OptimizationSampleSchema,
  }),
  batchCreateOptimizationSamples: operation({
    method: 'POST',
    path: '/v1/runs/:runId/samples',
    access: 'editor',
    args: { samples: UncheckedSamplesSchema },
    body: 'samples',
    wrapped: true,
    idempotent: true,
    result: 'row',
    output: SampleBatchResultSchema,
  }),
  getOptimizationSamples: operation({
    method: 'GET',
    path: '/v1/runs/:runId/samples',
    access: 'viewer',
    args: {
      runId: IdSchema,
      iteration: IterationNumberSchema.optional(),
      limit: z.int().min(1).max(100_000).default(DEFAULT_SAMPLES),
    },
    options: {
      ...withHashes,
      failed: z.boolean().optional(),
      changedVs: IterationNumberSchema.optional(),
      after: z.strictObject({ iteration: IterationNumberSchema, sampleIndex: CountSchema }).optional(),
    },
    idempotent: true,
    result: 'rows in pages',
    output: OptimizationSampleSchema,
    rule: ({ changedVs, iteration }: { changedVs?: number | undefined; iteration?: number | undefined }) =>
      changedVs === undefined || iteration !== undefined
        ? null
        : { path: 'changedVs', message: 'compares one iteration with another; name the iteration too' },
  }),
};
