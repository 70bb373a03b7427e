import * as z from 'zod';
import { OptimizationConfigSchema, OptimizerTypeSchema } from './config.js';
import { JsonObjectSchema } from './json.js';
import {
  CostSchema,
  CountSchema,
  IdSchema,
  IterationNumberSchema,
  MillisecondsSchema,
  NameSchema,
  ProjectIdSchema,
  ScoreSchema,
  TagsSchema,
  TextSchema,
  TimeSchema,
  TokensSchema,
} from './primitives.js';

export const RunStatusSchema = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'stale']);
/** Whether a higher or a lower score is the better one. */
export const DirectionSchema = z.enum(['maximize', 'minimize']);

const declared = {
  /** Overrides the score of the iteration recorded as the baseline. */
  initialScore: ScoreSchema.nullish(),
  /** Overrides the best score, which a completed run otherwise ends with. */
  finalScore: ScoreSchema.nullish(),
  /** Declares the best iteration; the run then says so (`bestDeclared`). */
  bestIteration: IterationNumberSchema.nullish(),
  iterations: CountSchema.nullish(),
  samplesEvaluated: CountSchema.nullish(),
  successfulSamples: CountSchema.nullish(),
  failedSamples: CountSchema.nullish(),
  totalTokens: TokensSchema.nullish(),
  totalCostUsd: CostSchema.nullish(),
  avgLatencyMs: MillisecondsSchema.nullish(),
  durationMs: MillisecondsSchema.nullish(),
};

const patchFields = {
  status: RunStatusSchema.optional(),
  tags: TagsSchema.optional(),
  notes: TextSchema.nullish(),
  metadata: JsonObjectSchema.optional(),
  evalSetHash: NameSchema.nullish(),
  startTime: TimeSchema.nullish(),
  endTime: TimeSchema.nullish(),
  errorMessage: TextSchema.nullish(),
  errorStack: TextSchema.nullish(),
  ...declared,
};

/** One call of an optimizer. `config.optimizer`, if given, must equal `optimizerType`. */
export const CreateOptimizationRunSchema = z
  .strictObject({
    id: IdSchema.optional(),
    projectId: ProjectIdSchema,
    runName: NameSchema,
    optimizerType: OptimizerTypeSchema,
    config: OptimizationConfigSchema.optional(),
    parentRunId: IdSchema.nullish(),
    direction: DirectionSchema.optional(),
    /** The score a perfect program would reach: 1 by default, 100 on DSPy's scale. */
    scoreMax: z.number().min(1e-100).max(1e100).optional(),
    ...patchFields,
  })
  .superRefine((run, context) => {
    const named = run.config?.optimizer;
    if (named === undefined || named === run.optimizerType) return;
    context.addIssue({
      code: 'custom',
      path: ['config', 'optimizer'],
      message: `is ${JSON.stringify(named)} but optimizerType is ${JSON.stringify(run.optimizerType)}; make them equal`,
    });
  });

/** Changes of a run; a key left out stays as it is, null empties it. Configuration and optimizer cannot change. */
export const UpdateOptimizationRunSchema = z.strictObject({ runName: NameSchema.optional(), ...patchFields });

/** Progress figures of a caller that records no rows. Writing them is also a heartbeat. */
export const RunProgressSchema = UpdateOptimizationRunSchema.pick({
  iterations: true,
  samplesEvaluated: true,
  successfulSamples: true,
  failedSamples: true,
  totalTokens: true,
  totalCostUsd: true,
  avgLatencyMs: true,
});

export type RunStatus = z.infer<typeof RunStatusSchema>;
export type Direction = z.infer<typeof DirectionSchema>;
export type CreateOptimizationRunInput = z.input<typeof CreateOptimizationRunSchema>;
export type CreateOptimizationRun = z.output<typeof CreateOptimizationRunSchema>;
export type UpdateOptimizationRunInput = z.input<typeof UpdateOptimizationRunSchema>;
export type UpdateOptimizationRun = z.output<typeof UpdateOptimizationRunSchema>;
export type RunProgressInput = z.input<typeof RunProgressSchema>;

/** A run as it is stored. Absent values are null; a score of 0 is 0. Times are ISO text in UTC. */
export const OptimizationRunSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  runName: z.string(),
  optimizerType: z.string(),
  status: RunStatusSchema,
  /** 1, and one more for each time the run was resumed. */
  attempt: z.number(),
  direction: DirectionSchema,
  scoreMax: z.number(),
  metric: z.string().nullable(),
  model: z.string().nullable(),
  config: z.record(z.string(), z.json()),
  tags: z.array(z.string()),
  notes: z.string().nullable(),
  metadata: z.record(z.string(), z.json()),
  parentRunId: z.string().nullable(),
  evalSetHash: z.string().nullable(),
  initialScore: z.number().nullable(),
  finalScore: z.number().nullable(),
  bestScore: z.number().nullable(),
  bestIteration: z.number().nullable(),
  /** Whether the caller declared the best iteration. */
  bestDeclared: z.boolean(),
  /** How much better the run ended than it began: positive is better, whatever the direction. */
  improvement: z.number().nullable(),
  /** `improvement` as a percentage of the absolute initial score; null if that is 0. */
  improvementPct: z.number().nullable(),
  iterations: z.number(),
  samplesEvaluated: z.number(),
  successfulSamples: z.number(),
  failedSamples: z.number(),
  totalTokens: z.number(),
  totalCostUsd: z.number(),
  avgLatencyMs: z.number().nullable(),
  startTime: z.string().nullable(),
  endTime: z.string().nullable(),
  durationMs: z.number().nullable(),
  heartbeatAt: z.string().nullable(),
  errorMessage: z.string().nullable(),
  errorStack: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type OptimizationRun = z.infer<typeof OptimizationRunSchema>;
