import { uuidv7 } from 'uuidv7';
import { CreateOptimizationCheckpointSchema, OptimizationCheckpointSchema } from '../../schemas/checkpoint.js';
import {
  CreateOptimizationIterationSchema,
  OptimizationIterationSchema,
  UpdateOptimizationIterationSchema,
} from '../../schemas/iteration.js';
import { IterationNumberSchema } from '../../schemas/primitives.js';
import { validated } from '../../schemas/validate.js';
import { IterationPageSchema, projectIdOf, runIdOf } from '../arguments.js';
import type { OptimizationClient } from '../port.js';
import { answerOf, listAt } from './answers.js';
import { at } from './query.js';
import type { Transport } from './transport.js';

export type IterationCalls = Pick<
  OptimizationClient,
  | 'createOptimizationIteration'
  | 'updateOptimizationIteration'
  | 'getOptimizationIterations'
  | 'getBestIteration'
  | 'createOptimizationCheckpoint'
  | 'getOptimizationCheckpoint'
>;

/** The functions on iterations and checkpoints, over HTTP. */
export function iterationsOver(transport: Transport): IterationCalls {
  return {
    async createOptimizationIteration(input, { signal } = {}) {
      const { runId, ...value } = validated(CreateOptimizationIterationSchema, input);
      const call = { method: 'POST', path: at`/v1/runs/${runId}/iterations`, body: { value }, signal } as const;
      return answerOf(OptimizationIterationSchema, await transport.call(call));
    },

    async updateOptimizationIteration(runId, iteration, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const number = validated(IterationNumberSchema, iteration, ['iteration']);
      const value = validated(UpdateOptimizationIterationSchema, changes);
      const path = at`/v1/runs/${id}/iterations/${number}`;
      const call = { method: 'PATCH', path, query: { projectId }, body: { value }, signal: options.signal } as const;
      return answerOf(OptimizationIterationSchema, await transport.call(call));
    },

    async getOptimizationIterations(runId, options = {}) {
      const { signal, hashes, limit, orderDirection, after } = options;
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const page = validated(IterationPageSchema, { limit, orderDirection, after });
      const query = { projectId, hashes: hashes || undefined, orderDirection: page.orderDirection, after: page.after };
      const call = { path: at`/v1/runs/${id}/iterations`, query, signal };
      return listAt(transport, call, OptimizationIterationSchema, { limit: page.limit, paged: true });
    },

    async getBestIteration(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const query = { projectId, hashes: options.hashes || undefined };
      const answer = await transport.call({ method: 'GET', path: at`/v1/runs/${id}/best`, query, signal: options.signal });
      return answer.status === 204 ? null : answerOf(OptimizationIterationSchema, answer);
    },

    async createOptimizationCheckpoint(input, { signal } = {}) {
      const { runId, ...checkpoint } = validated(CreateOptimizationCheckpointSchema, input);
      const value = { ...checkpoint, id: checkpoint.id ?? uuidv7() };
      const call = { method: 'POST', path: at`/v1/runs/${runId}/checkpoints`, body: { value }, signal } as const;
      return answerOf(OptimizationCheckpointSchema, await transport.call(call));
    },

    async getOptimizationCheckpoint(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const path = at`/v1/runs/${id}/checkpoints/latest`;
      const answer = await transport.call({ method: 'GET', path, query: { projectId }, signal: options.signal });
      return answer.status === 204 ? null : answerOf(OptimizationCheckpointSchema, answer);
    },
  };
}
