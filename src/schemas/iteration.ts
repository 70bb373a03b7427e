import * as z from 'zod';
import { JsonObjectSchema, JsonValueSchema } from './json.js';
import {
  CostSchema,
  IdSchema,
  IterationNumberSchema,
  MillisecondsSchema,
  NameSchema,
  ScoreSchema,
  ScoresSchema,
  TextSchema,
  TimeSchema,
  TokensSchema,
} from './primitives.js';

/** On what the candidate was evaluated: only a full evaluation can be the best of a run. */
export const EvalKindSchema = z.enum(['full', 'minibatch', 'bootstrap', 'test']);
export const IterationStatusSchema = z.enum(['running', 'completed', 'failed', 'pruned']);
/** What the optimizer did with the candidate. */
export const IterationDecisionSchema = z.enum(['accepted', 'rejected']);

const said = {
  score: ScoreSchema.nullish(),
  scores: ScoresSchema.nullish(),
  params: JsonObjectSchema.optional(),
  program: JsonValueSchema.optional(),
  evalKind: EvalKindSchema.optional(),
  status: IterationStatusSchema.optional(),
  decision: IterationDecisionSchema.nullish(),
  decisionReason: TextSchema.nullish(),
  parentIterations: z.array(IterationNumberSchema).max(100).readonly().optional(),
  isBaseline: z.boolean().optional(),
  startTime: TimeSchema.nullish(),
  endTime: TimeSchema.nullish(),
  durationMs: MillisecondsSchema.nullish(),
  promptTokens: TokensSchema.nullish(),
  completionTokens: TokensSchema.nullish(),
  totalTokens: TokensSchema.nullish(),
  costUsd: CostSchema.nullish(),
  errorMessage: TextSchema.nullish(),
  metadata: JsonObjectSchema.optional(),
};

/**
 * One evaluation of one candidate. Left out, `status` is completed where there is a score, failed where there is only an
 * error, and running otherwise; `evalKind` is full.
 */
export const CreateOptimizationIterationSchema = z.strictObject({
  id: IdSchema.optional(),
  runId: IdSchema,
  projectId: NameSchema.optional(),
  iteration: IterationNumberSchema,
  ...said,
});

/** What may change of an iteration; a key left out stays as it is, null empties it. */
export const UpdateOptimizationIterationSchema = z.strictObject(said);

export type EvalKind = z.infer<typeof EvalKindSchema>;
export type IterationStatus = z.infer<typeof IterationStatusSchema>;
export type IterationDecision = z.infer<typeof IterationDecisionSchema>;
export type CreateOptimizationIterationInput = z.input<typeof CreateOptimizationIterationSchema>;
export type CreateOptimizationIteration = z.output<typeof CreateOptimizationIterationSchema>;
export type UpdateOptimizationIterationInput = z.input<typeof UpdateOptimizationIterationSchema>;
export type UpdateOptimizationIteration = z.output<typeof UpdateOptimizationIterationSchema>;

/** An iteration as it is stored. What is absent is null; a score of 0 is 0. Times are ISO text in UTC. */
export const OptimizationIterationSchema = z.object({
  id: z.string(),
  runId: z.string(),
  projectId: z.string(),
  iteration: z.number(),
  status: IterationStatusSchema,
  evalKind: EvalKindSchema,
  score: z.number().nullable(),
  scores: z.record(z.string(), z.number()).nullable(),
  params: z.record(z.string(), z.json()),
  program: z.json().nullable(),
  decision: IterationDecisionSchema.nullable(),
  decisionReason: z.string().nullable(),
  parentIterations: z.array(z.number()),
  isBaseline: z.boolean(),
  startTime: z.string().nullable(),
  endTime: z.string().nullable(),
  durationMs: z.number().nullable(),
  promptTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  totalTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  errorMessage: z.string().nullable(),
  metadata: z.record(z.string(), z.json()),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** SHA-256 of the program's RFC 8785 text, in hexadecimal; only where `hashes` was asked for. */
  programHash: z.string().nullable().optional(),
});
export type OptimizationIteration = z.infer<typeof OptimizationIterationSchema>;
