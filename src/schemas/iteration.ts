import * as z from 'zod';
import { createShape, field, readShape } from './fields.js';
import { JsonTextSchema } from './json-text.js';
import { IdSchema, IterationNumberSchema, NameSchema, TokensSchema } from './primitives.js';

/** Extent of an evaluation: only a full one can be the best of a run. */
export const EvalKindSchema = z.enum(['full', 'minibatch', 'bootstrap', 'test']);
export const IterationStatusSchema = z.enum(['running', 'completed', 'failed', 'pruned']);
/** The optimizer's decision on the candidate. */
export const IterationDecisionSchema = z.enum(['accepted', 'rejected']);

const tokens = () => field.count(TokensSchema.nullish(), Number.MAX_SAFE_INTEGER);

/**
 * The fields of an iteration besides its key. The schemas of creating, changing and reading, and the recorder's intake and repairs are made
 * from this table.
 */
export const ITERATION_FIELDS = {
  status: field.choice(IterationStatusSchema),
  evalKind: field.choice(EvalKindSchema),
  score: field.score(),
  scores: field.scores(),
  params: field.object(),
  program: field.json(),
  decision: field.choiceOrNull(IterationDecisionSchema),
  decisionReason: field.text(),
  parentIterations: field.iterations(),
  isBaseline: field.flag(),
  startTime: field.time(),
  endTime: field.time(),
  durationMs: field.milliseconds(),
  promptTokens: tokens(),
  completionTokens: tokens(),
  totalTokens: tokens(),
  costUsd: field.dollars(),
  errorMessage: field.text(),
  metadata: field.object(),
} as const;

/** The program as JSON text, kept byte for byte; it wins over `program`, whose text is JSON.stringify's. */
const PROGRAM_TEXT = { programText: JsonTextSchema.optional() };

/**
 * One evaluation of one candidate. By default `status` is completed if there is a score, failed if there is only an
 * error, and running otherwise; `evalKind` is full.
 */
export const CreateOptimizationIterationSchema = z.strictObject({
  id: IdSchema.optional(),
  runId: IdSchema,
  projectId: NameSchema.optional(),
  iteration: IterationNumberSchema,
  ...createShape(ITERATION_FIELDS),
  ...PROGRAM_TEXT,
});

/** Changes of an iteration; a key left out stays as it is, null empties it. */
export const UpdateOptimizationIterationSchema = z.strictObject({ ...createShape(ITERATION_FIELDS), ...PROGRAM_TEXT });

export type EvalKind = z.infer<typeof EvalKindSchema>;
export type IterationStatus = z.infer<typeof IterationStatusSchema>;
export type IterationDecision = z.infer<typeof IterationDecisionSchema>;
export type CreateOptimizationIterationInput = z.input<typeof CreateOptimizationIterationSchema>;
export type CreateOptimizationIteration = z.output<typeof CreateOptimizationIterationSchema>;
export type UpdateOptimizationIterationInput = z.input<typeof UpdateOptimizationIterationSchema>;
export type UpdateOptimizationIteration = z.output<typeof UpdateOptimizationIterationSchema>;

/** An iteration as it is stored. Absent values are null; a score of 0 is 0. Times are ISO text in UTC. */
export const OptimizationIterationSchema = z.object({
  id: z.string(),
  runId: z.string(),
  projectId: z.string(),
  iteration: z.number(),
  ...readShape(ITERATION_FIELDS),
  /**
   * The program's JSON text as recorded, byte for byte. Null if JSON.stringify(program) gives it, without a program, and for a program
   * that was recorded before texts were kept.
   */
  programText: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** SHA-256 of the program's text in hexadecimal (of its RFC 8785 text, if it was recorded before texts were kept); only if `hashes` was asked for. */
  programHash: z.string().nullable().optional(),
});
export type OptimizationIteration = z.infer<typeof OptimizationIterationSchema>;
