import { OptimizationRunFiltersSchema, type RunFiltersInput, type RunPage, RunPageSchema } from '../../schemas/filters.js';
import { IdSchema } from '../../schemas/primitives.js';
import {
  type CreateOptimizationRunInput,
  CreateOptimizationRunSchema,
  type OptimizationRun,
  OptimizationRunSchema,
  type RunProgressInput,
  RunProgressSchema,
  type UpdateOptimizationRunInput,
  UpdateOptimizationRunSchema,
} from '../../schemas/run.js';
import { operation } from './operation.js';
import { type ByIdOptions, byId, type CallOptions } from './options.js';

export interface RunFunctions {
  /** Creates a run. The id of a run that exists returns that run unchanged. */
  createOptimizationRun(input: CreateOptimizationRunInput, options?: CallOptions): Promise<OptimizationRun>;
  /** The run, or null if none is visible to you. */
  getOptimizationRun(runId: string, options?: ByIdOptions): Promise<OptimizationRun | null>;
  /** Changes a run and returns it. Rejects with `not_found`, `forbidden` or `invalid_status_transition`. */
  updateOptimizationRun(runId: string, changes: UpdateOptimizationRunInput, options?: ByIdOptions): Promise<OptimizationRun>;
  /** One page of runs, newest first unless ordered otherwise. */
  listOptimizationRuns(filters?: RunFiltersInput, options?: CallOptions): Promise<RunPage>;
  /**
   * Sets a run that failed, was cancelled, or is stale running again, with `attempt` + 1. Rejects with `not_found`, with
   * `invalid_status_transition` if it is completed, and with `conflict` if it still runs.
   */
  resumeOptimizationRun(runId: string, options?: ByIdOptions): Promise<OptimizationRun>;
  /** Deletes a run with its iterations and samples. Returns false if there was none. */
  deleteOptimizationRun(runId: string, options?: ByIdOptions): Promise<boolean>;
  /** Declares progress figures, and is a heartbeat. */
  updateRunProgress(runId: string, progress: RunProgressInput, options?: ByIdOptions): Promise<OptimizationRun>;
}

export const runOperations = {
  createOptimizationRun: operation({
    method: 'POST',
    path: '/v1/runs',
    access: 'editor',
    args: { run: CreateOptimizationRunSchema },
    body: 'run',
    makesId: true,
    idempotent: 'with an id',
    result: 'row',
    output: OptimizationRunSchema,
  }),
  getOptimizationRun: operation({
    method: 'GET',
    path: '/v1/runs/:runId',
    access: 'viewer',
    args: { runId: IdSchema },
    options: byId,
    idempotent: true,
    result: 'row or 404',
    output: OptimizationRunSchema,
  }),
  updateOptimizationRun: operation({
    method: 'PATCH',
    path: '/v1/runs/:runId',
    access: 'editor',
    args: { runId: IdSchema, changes: UpdateOptimizationRunSchema },
    options: byId,
    body: 'changes',
    idempotent: true,
    result: 'row',
    output: OptimizationRunSchema,
  }),
  listOptimizationRuns: operation({
    method: 'GET',
    path: '/v1/runs',
    access: 'caller',
    args: { filters: OptimizationRunFiltersSchema.prefault({}) },
    body: 'filters',
    idempotent: true,
    result: 'page',
    output: RunPageSchema,
  }),
  resumeOptimizationRun: operation({
    method: 'POST',
    path: '/v1/runs/:runId/resume',
    access: 'editor',
    args: { runId: IdSchema },
    options: byId,
    idempotent: false,
    result: 'row',
    output: OptimizationRunSchema,
  }),
  deleteOptimizationRun: operation({
    method: 'DELETE',
    path: '/v1/runs/:runId',
    access: 'editor',
    args: { runId: IdSchema },
    options: byId,
    idempotent: false,
    result: 'deleted',
  }),
  updateRunProgress: operation({
    method: 'POST',
    path: '/v1/runs/:runId/progress',
    access: 'editor',
    args: { runId: IdSchema, progress: RunProgressSchema },
    options: byId,
    body: 'progress',
    idempotent: true,
    result: 'row',
    output: OptimizationRunSchema,
  }),
};
