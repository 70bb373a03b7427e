import * as z from 'zod';
import { createShape, field, readShape } from './fields.js';
import { CountSchema, IdSchema, IterationNumberSchema, NameSchema } from './primitives.js';

/** Most samples of one call. They are stored in one transaction, all or none. */
export const MAX_BATCH = 100_000;

/** Half of the range of 32 bits, so that prompt and completion together fit. */
const MAX_SAMPLE_TOKENS = 1_000_000_000;
const sampleTokens = () => field.count(CountSchema.max(MAX_SAMPLE_TOKENS).nullish(), MAX_SAMPLE_TOKENS);

/**
 * The fields of a sample besides its key. Schemas, the quick check, the recorder's intake and repairs, and the columns of reads and
 * batches are made from this table; its order is that of the columns.
 */
export const SAMPLE_FIELDS = {
  input: field.json(),
  expectedOutput: field.json(),
  predictedOutput: { ...field.json(), column: 'jsonb' },
  score: field.score(),
  scores: field.scores(),
  /** `false` marks the sample as failed; by default a sample with an error failed. */
  success: field.flagOrNull(),
  failed: field.derived(z.boolean()),
  latencyMs: field.milliseconds(),
  promptTokens: sampleTokens(),
  completionTokens: sampleTokens(),
  totalTokens: field.count(CountSchema.nullish(), 2_147_483_647),
  costUsd: field.dollars(),
  errorMessage: field.text(),
  feedback: field.text(),
  exampleId: field.name('text'),
  split: field.name('plain'),
  metadata: field.objectOrNull(),
} as const;

/** One example evaluated in one iteration. Its key is (runId, iteration, sampleIndex); writing it again changes nothing. */
export const CreateOptimizationSampleSchema = z.strictObject({
  runId: IdSchema,
  projectId: NameSchema.optional(),
  iteration: IterationNumberSchema,
  /** The iteration's own id, if you have it: it must be the one stored, and names a placeholder's. */
  iterationId: IdSchema.optional(),
  sampleIndex: CountSchema,
  ...createShape(SAMPLE_FIELDS),
});

const batchOf = <S extends z.ZodType>(item: S) =>
  z.array(item).max(MAX_BATCH, `must have at most ${MAX_BATCH} samples; send them in several calls`).readonly();

export const BatchCreateOptimizationSamplesSchema = batchOf(CreateOptimizationSampleSchema);
/** The batch alone: its samples are validated later, one by one. */
export const SampleBatchSchema = batchOf(z.unknown());

export type CreateOptimizationSampleInput = z.input<typeof CreateOptimizationSampleSchema>;
export type CreateOptimizationSample = z.output<typeof CreateOptimizationSampleSchema>;

/** Outcome of a batch: `stored` rows are new, `existing` ones were there before and are unchanged. */
export const SampleBatchResultSchema = z.object({ stored: z.number(), existing: z.number() });
export type SampleBatchResult = z.infer<typeof SampleBatchResultSchema>;

/** A sample as it is stored, with its example whole. Absent values are null. */
export const OptimizationSampleSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  iteration: z.number(),
  sampleIndex: z.number(),
  ...readShape(SAMPLE_FIELDS),
  createdAt: z.string(),
  /** SHA-256 of the example's RFC 8785 text, in hexadecimal; only if `hashes` was asked for. */
  exampleHash: z.string().nullable().optional(),
});
export type OptimizationSample = z.infer<typeof OptimizationSampleSchema>;
