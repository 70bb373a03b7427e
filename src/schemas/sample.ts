import * as z from 'zod';
import { JsonObjectSchema, JsonValueSchema } from './json.js';
import {
  CostSchema,
  CountSchema,
  IdSchema,
  IterationNumberSchema,
  MillisecondsSchema,
  NameSchema,
  ScoreSchema,
  ScoresSchema,
  TextSchema,
} from './primitives.js';

/** Most samples of one call. They are stored in one transaction, all or none. */
export const MAX_BATCH = 100_000;

/** Half of what 32 bits hold, so that prompt and completion together fit. */
const SampleTokensSchema = CountSchema.max(1_000_000_000);

/** One example evaluated in one iteration. Its key is (runId, iteration, sampleIndex); writing it again changes nothing. */
export const CreateOptimizationSampleSchema = z.strictObject({
  runId: IdSchema,
  projectId: NameSchema.optional(),
  iteration: IterationNumberSchema,
  /** The iteration's own id, where you have it: it must be the one stored, and names a placeholder's. */
  iterationId: IdSchema.optional(),
  sampleIndex: CountSchema,
  input: JsonValueSchema.optional(),
  expectedOutput: JsonValueSchema.optional(),
  predictedOutput: JsonValueSchema.optional(),
  score: ScoreSchema.nullish(),
  scores: ScoresSchema.nullish(),
  /** `false` says the sample failed; left out, a sample with an error failed. */
  success: z.boolean().nullish(),
  latencyMs: MillisecondsSchema.nullish(),
  promptTokens: SampleTokensSchema.nullish(),
  completionTokens: SampleTokensSchema.nullish(),
  totalTokens: CountSchema.nullish(),
  costUsd: CostSchema.nullish(),
  errorMessage: TextSchema.nullish(),
  feedback: TextSchema.nullish(),
  exampleId: NameSchema.nullish(),
  split: NameSchema.nullish(),
  metadata: JsonObjectSchema.nullish(),
});

const batchOf = <S extends z.ZodType>(item: S) =>
  z.array(item).max(MAX_BATCH, `must have at most ${MAX_BATCH} samples; send them in several calls`).readonly();

export const BatchCreateOptimizationSamplesSchema = batchOf(CreateOptimizationSampleSchema);
/** The batch alone, its samples as they come, for who validates them one by one. */
export const SampleBatchSchema = batchOf(z.unknown());

export type CreateOptimizationSampleInput = z.input<typeof CreateOptimizationSampleSchema>;
export type CreateOptimizationSample = z.output<typeof CreateOptimizationSampleSchema>;

/** What became of a batch: `stored` rows are new, `existing` ones were there before and are unchanged. */
export const SampleBatchResultSchema = z.object({ stored: z.number(), existing: z.number() });
export type SampleBatchResult = z.infer<typeof SampleBatchResultSchema>;

/** A sample as it is stored, with its example whole. What is absent is null. */
export const OptimizationSampleSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  iteration: z.number(),
  sampleIndex: z.number(),
  input: z.json().nullable(),
  expectedOutput: z.json().nullable(),
  predictedOutput: z.json().nullable(),
  score: z.number().nullable(),
  scores: z.record(z.string(), z.number()).nullable(),
  success: z.boolean().nullable(),
  failed: z.boolean(),
  latencyMs: z.number().nullable(),
  promptTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  totalTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  errorMessage: z.string().nullable(),
  feedback: z.string().nullable(),
  exampleId: z.string().nullable(),
  split: z.string().nullable(),
  metadata: z.record(z.string(), z.json()).nullable(),
  createdAt: z.string(),
  /** SHA-256 of the example's RFC 8785 text, in hexadecimal; only where `hashes` was asked for. */
  exampleHash: z.string().nullable().optional(),
});
export type OptimizationSample = z.infer<typeof OptimizationSampleSchema>;
