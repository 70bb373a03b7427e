import * as z from 'zod';
import {
  type CreateOptimizationCheckpointInput,
  CreateOptimizationCheckpointSchema,
  type OptimizationCheckpoint,
  OptimizationCheckpointSchema,
} from '../../schemas/checkpoint.js';
import {
  type CreateOptimizationIterationInput,
  CreateOptimizationIterationSchema,
  type OptimizationIteration,
  OptimizationIterationSchema,
  type UpdateOptimizationIterationInput,
  UpdateOptimizationIterationSchema,
} from '../../schemas/iteration.js';
import { IdSchema, IterationNumberSchema } from '../../schemas/primitives.js';
import { operation } from './operation.js';
import { type ByIdOptions, byId, type CallOptions, type ReadOptions, withHashes } from './options.js';

export interface IterationReadOptions extends ReadOptions {
  /** At most so many, 1 to 100,000. */
  limit?: number | undefined;
  /** `desc` gives the newest first; `asc` by default. */
  orderDirection?: 'asc' | 'desc' | undefined;
  /** False leaves the programs out (`program` is null) and adds their hashes: a list of large programs then is small. */
  programs?: boolean | undefined;
  /** Only iterations after this number in the order asked for: the last one's of the page before. */
  after?: number | undefined;
}

export interface IterationFunctions {
  /** Records an iteration. The same id again returns the stored row unchanged; another id on a number taken is a `conflict`. */
  createOptimizationIteration(input: CreateOptimizationIterationInput, options?: CallOptions): Promise<OptimizationIteration>;
  /** Changes an iteration and returns it. Rejects with `not_found`, `forbidden` or `constraint_violation`. */
  updateOptimizationIteration(
    runId: string,
    iteration: number,
    changes: UpdateOptimizationIterationInput,
    options?: ByIdOptions,
  ): Promise<OptimizationIteration>;
  /** Iterations of a run in the order of their numbers: all of them, unless a `limit` is given. */
  getOptimizationIterations(runId: string, options?: IterationReadOptions): Promise<OptimizationIteration[]>;
  /** The winner, by the rules of `bestIteration`: null if no full evaluation was completed. */
  getBestIteration(runId: string, options?: ReadOptions): Promise<OptimizationIteration | null>;

  /** Stores an optimizer's own state with the run, to go on from later; the newest three of a run are kept. */
  createOptimizationCheckpoint(input: CreateOptimizationCheckpointInput, options?: CallOptions): Promise<OptimizationCheckpoint>;
  /** The newest checkpoint of a run, or null. */
  getOptimizationCheckpoint(runId: string, options?: ByIdOptions): Promise<OptimizationCheckpoint | null>;
}

export const iterationOperations = {
  createOptimizationIteration: operation({
    method: 'POST',
    path: '/v1/runs/:runId/iterations',
    access: 'editor',
    args: { iteration: CreateOptimizationIterationSchema },
    body: 'iteration',
    idempotent: 'with an id',
    result: 'row',
    output: OptimizationIterationSchema,
  }),
  updateOptimizationIteration: operation({
    method: 'PATCH',
    path: '/v1/runs/:runId/iterations/:number',
    access: 'editor',
    args: { runId: IdSchema, iteration: IterationNumberSchema, changes: UpdateOptimizationIterationSchema },
    options: byId,
    body: 'changes',
    named: { number: 'iteration' },
    idempotent: true,
    result: 'row',
    output: OptimizationIterationSchema,
  }),
  getOptimizationIterations: operation({
    method: 'GET',
    path: '/v1/runs/:runId/iterations',
    access: 'viewer',
    args: { runId: IdSchema },
    options: {
      ...withHashes,
      limit: z.int().min(1).max(100_000).optional(),
      orderDirection: z.enum(['asc', 'desc']).optional(),
      after: IterationNumberSchema.optional(),
      programs: z.boolean().optional(),
    },
    idempotent: true,
    result: 'rows in pages',
    output: OptimizationIterationSchema,
  }),
  getBestIteration: operation({
    method: 'GET',
    path: '/v1/runs/:runId/best',
    access: 'viewer',
    args: { runId: IdSchema },
    options: withHashes,
    idempotent: true,
    result: 'row or 204',
    output: OptimizationIterationSchema,
  }),
  createOptimizationCheckpoint: operation({
    method: 'POST',
    path: '/v1/runs/:runId/checkpoints',
    access: 'editor',
    args: { checkpoint: CreateOptimizationCheckpointSchema },
    body: 'checkpoint',
    makesId: true,
    idempotent: 'with an id',
    result: 'row',
    output: OptimizationCheckpointSchema,
  }),
  getOptimizationCheckpoint: operation({
    method: 'GET',
    path: '/v1/runs/:runId/checkpoints/latest',
    access: 'viewer',
    args: { runId: IdSchema },
    options: byId,
    idempotent: true,
    result: 'row or 204',
    output: OptimizationCheckpointSchema,
  }),
};
