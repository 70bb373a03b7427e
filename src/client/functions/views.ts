import * as z from 'zod';
import {
  type OptimizationAnalytics,
  OptimizationAnalyticsSchema,
  type OptimizationRunSummary,
  OptimizationRunSummarySchema,
  type TopRun,
  TopRunSchema,
  type TopRunsOptions,
  TopRunsOptionsSchema,
} from '../../schemas/analytics.js';
import { IdSchema, IterationNumberSchema, NameSchema } from '../../schemas/primitives.js';
import {
  MAX_CURVES,
  type RunCurve,
  RunCurveSchema,
  type RunProgram,
  RunProgramSchema,
  type SampleMatrix,
  SampleMatrixSchema,
  type SearchResult,
  SearchResultSchema,
} from '../../schemas/views.js';
import { operation } from './operation.js';
import { type ByIdOptions, byId, type CallOptions } from './options.js';

/** Results of each kind if a search gives no limit. */
const DEFAULT_FOUND = 20;

export interface ReportFunctions {
  /** Outcome of the run, or null if none is visible to you. */
  getOptimizationRunSummary(runId: string, options?: ByIdOptions): Promise<OptimizationRunSummary | null>;
  /** Completed runs by `finalScore / scoreMax`, the best first. `limit` is 10 by default. */
  getTopRunsByScore(projectId: string, limit?: number, options?: TopRunsOptions & CallOptions): Promise<TopRun[]>;
  /** Figures of a project as of the last refresh. */
  getOptimizationAnalytics(projectId: string, options?: CallOptions): Promise<OptimizationAnalytics[]>;
  /** Brings the analytics up to date; only a trusted caller may (`forbidden`). */
  refreshOptimizationAnalytics(options?: CallOptions): Promise<void>;
}

/** The functions that a page of runs is drawn from: each reads at once what would take many other calls. */
export interface TrailViews {
  /** The programs of a run, each once, in the order of their first iteration: all, or those whose first iteration comes after a number. */
  getOptimizationPrograms(runId: string, options?: ByIdOptions & { after?: number | undefined }): Promise<RunProgram[]>;
  /** How each of up to 200 runs got better, in the order of their ids. Runs that you may not see are left out. */
  getOptimizationCurves(runIds: readonly string[], options?: ByIdOptions): Promise<RunCurve[]>;
  /**
   * Samples of a run as a table of scores, without their texts; null if no run is visible to you.
   * Rejects with `too_large` if it would have more than a million cells.
   */
  getOptimizationMatrix(runId: string, options?: ByIdOptions): Promise<SampleMatrix | null>;
  /**
   * Runs and candidate programs of a project that contain a text of 1 to 200 characters, whatever the case: of its newest 5,000
   * runs (name, tags, notes) and 2,000 programs. `limit` of each, 1 to 100, is 20 by default.
   */
  searchOptimizationTrail(projectId: string, text: string, limit?: number, options?: CallOptions): Promise<SearchResult>;
}

export const reportOperations = {
  getOptimizationRunSummary: operation({
    method: 'GET',
    path: '/v1/runs/:runId/summary',
    access: 'viewer',
    args: { runId: IdSchema },
    options: byId,
    idempotent: true,
    result: 'row or 404',
    output: OptimizationRunSummarySchema,
  }),
  getTopRunsByScore: operation({
    method: 'GET',
    path: '/v1/projects/:projectId/leaderboard',
    access: 'viewer',
    args: { projectId: NameSchema, limit: TopRunsOptionsSchema.shape.limit },
    options: { metric: TopRunsOptionsSchema.shape.metric, evalSetHash: TopRunsOptionsSchema.shape.evalSetHash },
    idempotent: true,
    result: 'list',
    output: TopRunSchema,
  }),
  getOptimizationAnalytics: operation({
    method: 'GET',
    path: '/v1/projects/:projectId/analytics',
    access: 'viewer',
    args: { projectId: NameSchema },
    idempotent: true,
    result: 'list',
    output: OptimizationAnalyticsSchema,
  }),
  refreshOptimizationAnalytics: operation({
    method: 'POST',
    path: '/v1/analytics/refresh',
    access: 'local',
    args: {},
    idempotent: true,
    result: 'nothing',
  }),
};

export const viewOperations = {
  getOptimizationPrograms: operation({
    method: 'GET',
    path: '/v1/runs/:runId/programs',
    access: 'viewer',
    args: { runId: IdSchema },
    options: { ...byId, after: IterationNumberSchema.optional().describe('Only programs whose first iteration comes after this number.') },
    idempotent: true,
    result: 'list',
    output: RunProgramSchema,
  }),
  getOptimizationCurves: operation({
    method: 'GET',
    path: '/v1/curves',
    access: 'caller',
    args: {
      runIds: z
        .array(IdSchema)
        .max(MAX_CURVES, `must be at most ${MAX_CURVES} runs`)
        .readonly()
        .transform((runIds) => [...new Set(runIds)]),
    },
    options: byId,
    named: { runId: 'runIds' },
    idempotent: true,
    result: 'list',
    output: RunCurveSchema,
  }),
  getOptimizationMatrix: operation({
    method: 'GET',
    path: '/v1/runs/:runId/matrix',
    access: 'viewer',
    args: { runId: IdSchema },
    options: byId,
    idempotent: true,
    result: 'row or 404',
    output: SampleMatrixSchema,
  }),
  searchOptimizationTrail: operation({
    method: 'GET',
    path: '/v1/projects/:projectId/search',
    access: 'viewer',
    args: {
      projectId: NameSchema,
      text: NameSchema.describe('What to look for, whatever the case.'),
      limit: z.int().min(1).max(100).default(DEFAULT_FOUND),
    },
    named: { q: 'text' },
    idempotent: true,
    result: 'row',
    output: SearchResultSchema,
  }),
};
