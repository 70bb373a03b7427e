import * as z from 'zod';
import { JsonObjectSchema } from './json.js';
import { NameSchema } from './primitives.js';
import { RunStatusSchema } from './run.js';

/** One run in a ranking. Scores of different metrics or evaluation sets are not comparable: look at both columns. */
export const TopRunSchema = z.object({
  runId: z.string(),
  runName: z.string(),
  optimizerType: z.string(),
  metric: z.string().nullable(),
  evalSetHash: z.string().nullable(),
  initialScore: z.number().nullable(),
  finalScore: z.number(),
  improvement: z.number().nullable(),
  iterations: z.number(),
  totalCostUsd: z.number(),
  createdAt: z.string(),
});
export type TopRun = z.infer<typeof TopRunSchema>;

export const TopRunsOptionsSchema = z.strictObject({
  limit: z.int().min(1).max(1000).default(10),
  /** Rank only runs measured by this metric. */
  metric: NameSchema.optional(),
  /** Rank only runs over this evaluation set. */
  evalSetHash: NameSchema.optional(),
});
export type TopRunsOptions = Partial<Pick<z.input<typeof TopRunsOptionsSchema>, 'metric' | 'evalSetHash'>>;

/** Outcome of a run, with its winner. */
export const OptimizationRunSummarySchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  runName: z.string(),
  optimizerType: z.string(),
  status: RunStatusSchema,
  metric: z.string().nullable(),
  model: z.string().nullable(),
  initialScore: z.number().nullable(),
  finalScore: z.number().nullable(),
  bestScore: z.number().nullable(),
  bestIteration: z.number().nullable(),
  bestDeclared: z.boolean(),
  improvement: z.number().nullable(),
  improvementPct: z.number().nullable(),
  iterations: z.number(),
  fullEvaluations: z.number(),
  minibatchEvaluations: z.number(),
  acceptedCandidates: z.number(),
  rejectedCandidates: z.number(),
  failedIterations: z.number(),
  samplesEvaluated: z.number(),
  successfulSamples: z.number(),
  failedSamples: z.number(),
  /** Successful samples of all samples, 0 to 1; null without samples. */
  successRate: z.number().nullable(),
  totalTokens: z.number(),
  totalCostUsd: z.number(),
  avgLatencyMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  bestParams: JsonObjectSchema.nullable(),
  bestProgram: z.json().nullable(),
  createdAt: z.string(),
  startTime: z.string().nullable(),
  endTime: z.string().nullable(),
});
export type OptimizationRunSummary = z.output<typeof OptimizationRunSummarySchema>;

/** One row for each optimizer type, metric and status of a project, as of `refreshedAt`. */
export const OptimizationAnalyticsSchema = z.object({
  projectId: z.string(),
  optimizerType: z.string(),
  metric: z.string().nullable(),
  status: RunStatusSchema,
  totalRuns: z.number(),
  avgFinalScore: z.number().nullable(),
  maxFinalScore: z.number().nullable(),
  avgImprovement: z.number().nullable(),
  avgDurationMs: z.number().nullable(),
  totalSamplesEvaluated: z.number(),
  totalTokensUsed: z.number(),
  totalCostUsd: z.number(),
  firstRunAt: z.string(),
  lastRunAt: z.string(),
  refreshedAt: z.string(),
});
export type OptimizationAnalytics = z.infer<typeof OptimizationAnalyticsSchema>;
