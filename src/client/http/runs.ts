import { uuidv7 } from 'uuidv7';
import { OptimizationRunFiltersSchema, type RunFilters, type RunPage, RunPageSchema } from '../../schemas/filters.js';
import { CreateOptimizationRunSchema, OptimizationRunSchema, RunProgressSchema, UpdateOptimizationRunSchema } from '../../schemas/run.js';
import { validated } from '../../schemas/validate.js';
import { projectIdOf, runIdOf } from '../arguments.js';
import type { CallOptions, OptimizationClient } from '../port.js';
import { answerOf, orNull } from './answers.js';
import { at, type Query } from './query.js';
import type { Transport } from './transport.js';

export type RunCalls = Pick<
  OptimizationClient,
  | 'createOptimizationRun'
  | 'getOptimizationRun'
  | 'updateOptimizationRun'
  | 'listOptimizationRuns'
  | 'resumeOptimizationRun'
  | 'deleteOptimizationRun'
  | 'updateRunProgress'
>;

/** The functions on runs, over HTTP. */
export function runsOver(transport: Transport): RunCalls {
  return {
    async createOptimizationRun(input, { signal } = {}) {
      const run = validated(CreateOptimizationRunSchema, input);
      const value = { ...run, id: run.id ?? uuidv7() };
      return answerOf(OptimizationRunSchema, await transport.call({ method: 'POST', path: '/v1/runs', body: { value }, signal }));
    },

    async getOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const read = transport.call({ method: 'GET', path: at`/v1/runs/${id}`, query: { projectId }, signal: options.signal });
      return orNull(read.then((answer) => answerOf(OptimizationRunSchema, answer)));
    },

    async updateOptimizationRun(runId, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const value = validated(UpdateOptimizationRunSchema, changes);
      const call = { method: 'PATCH', path: at`/v1/runs/${id}`, query: { projectId }, body: { value }, signal: options.signal } as const;
      return answerOf(OptimizationRunSchema, await transport.call(call));
    },

    async updateRunProgress(runId, progress, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const value = validated(RunProgressSchema, progress);
      const path = at`/v1/runs/${id}/progress`;
      const call = { method: 'POST', path, query: { projectId }, body: { value }, signal: options.signal } as const;
      return answerOf(OptimizationRunSchema, await transport.call(call));
    },

    async resumeOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const call = { method: 'POST', path: at`/v1/runs/${id}/resume`, query: { projectId }, signal: options.signal } as const;
      return answerOf(OptimizationRunSchema, await transport.call(call));
    },

    async listOptimizationRuns(filters = {}, options = {}) {
      return listRuns(transport, validated(OptimizationRunFiltersSchema, filters), options);
    },

    async deleteOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const call = { method: 'DELETE', path: at`/v1/runs/${id}`, query: { projectId }, signal: options.signal } as const;
      return (await orNull(transport.call(call))) !== null;
    },
  };
}

/** The API has no offset, whose cost grows with it: the pages before are read, and dropped. */
async function listRuns(transport: Transport, { offset = 0, ...filters }: RunFilters, { signal }: CallOptions): Promise<RunPage> {
  let { cursor } = filters;
  let total: { total?: number } = {};
  for (let skipped = 0; ; ) {
    const isLast = skipped === offset;
    const limit = isLast ? filters.limit : Math.min(1000, offset - skipped);
    const count = filters.count && skipped === 0;
    const answer = await transport.call({ method: 'GET', path: '/v1/runs', query: queryOf({ ...filters, limit, cursor, count }), signal });
    const page: RunPage = answerOf(RunPageSchema, { ...answer, value: firstOnly(answer.value) });
    if (count && page.total !== undefined) total = { total: page.total };
    const { data, hasMore, nextCursor } = answer.value as RunPage;
    if (isLast) return { data, hasMore, nextCursor, ...total };
    if (nextCursor === null) return { data: [], hasMore: false, nextCursor: null, ...total };
    skipped += data.length;
    cursor = nextCursor;
  }
}

/** A page for a closer look: all its runs are made by the same code. */
function firstOnly(value: unknown): unknown {
  const data = (value as { data?: unknown } | null)?.data;
  return Array.isArray(data) ? { ...(value as object), data: data.slice(0, 1) } : value;
}

function queryOf({ status, optimizerType, tags, config, count, ...filters }: Omit<RunFilters, 'offset'>): Query {
  return {
    ...filters,
    status,
    optimizerType,
    tag: tags,
    config: config === undefined ? undefined : JSON.stringify(config),
    count: count || undefined,
  };
}
