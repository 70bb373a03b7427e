import { z } from 'zod';
import { OptimizerTypeSchema } from '../../schemas/config.js';
import { OptimizationRunFiltersSchema, RunPageSchema } from '../../schemas/filters.js';
import { NameSchema } from '../../schemas/primitives.js';
import {
  CreateOptimizationRunSchema,
  OptimizationRunSchema,
  RunProgressSchema,
  RunStatusSchema,
  UpdateOptimizationRunSchema,
} from '../../schemas/run.js';
import { RunWithIterationsSchema } from '../../schemas/wire.js';
import { mediaTypeOf, NDJSON_TYPE } from '../http/body.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { created, noContent, ok } from '../http/reply.js';
import { anIteration, aRun, newRun } from '../openapi/examples.js';
import { route } from '../route.js';
import { present, wasThere } from './absent.js';
import { bulk, itemByItem } from './bulk.js';
import { ByIdQuery, GONE, RunPath } from './shapes.js';

const { tags: _, offset: __, ...filters } = OptimizationRunFiltersSchema.shape;
/** The filters of the SDK; what may be several things is given several times. There is no offset. */
const RunsQuery = z.strictObject({
  ...filters,
  status: z.array(RunStatusSchema).min(1).optional().describe('One of these; may be given several times.'),
  optimizerType: z.array(OptimizerTypeSchema).min(1).optional().describe('One of these; may be given several times.'),
  config: filters.config.describe('The configuration contains this JSON object.'),
  search: filters.search.describe('The name contains this text, whatever the case.'),
  minScore: filters.minScore.describe('Final score, this one included.'),
  maxScore: filters.maxScore.describe('Final score, this one included.'),
  createdAfter: filters.createdAfter.describe('Created from here on.'),
  createdBefore: filters.createdBefore.describe('Created before here.'),
  cursor: filters.cursor.describe('`nextCursor` of the page before, with the same filters and order.'),
  count: filters.count.describe('Adds `total`, which costs a scan of all matching runs.'),
  tag: z.array(NameSchema).max(100).optional().describe('The run has this tag; may be given several times.'),
});

const RunQuery = ByIdQuery.extend({
  include: z.literal('iterations').optional().describe('Adds the iterations of the run as `iterationRows`.'),
});

const RUN = { description: 'The run.', schema: OptimizationRunSchema, example: aRun };

export const runRoutes = [
  route({
    method: 'GET',
    path: '/v1/runs',
    operation: 'listOptimizationRuns',
    tag: 'Runs',
    summary: 'List runs',
    description:
      'One page of the runs that you may see, the newest first unless ordered otherwise. A run without the value asked about does not match.',
    access: 'caller',
    query: RunsQuery,
    answers: {
      200: { description: 'A page of runs.', schema: RunPageSchema, example: { data: [aRun], hasMore: true, nextCursor: 'WyIyMDI2Il0' } },
    },
    async handle({ client, query: { tag, ...query }, signal }) {
      const page = await client.listOptimizationRuns({ ...query, tags: tag }, { signal });
      return { status: 200, value: page, next: page.nextCursor };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/runs',
    operation: 'createOptimizationRun',
    tag: 'Runs',
    summary: 'Create a run, or many',
    description:
      'An id that exists gives the stored run unchanged, so that a request can be sent again. As NDJSON: a run a line, and a result a line.',
    access: 'editor',
    body: { schema: CreateOptimizationRunSchema, example: newRun, line: CreateOptimizationRunSchema },
    answers: {
      201: RUN,
      200: { description: 'Of an NDJSON body: a result a line.', line: BulkResultSchema, example: { line: 1, status: 201, id: aRun.id } },
    },
    refusals: ['invalid_input', 'constraint_violation'],
    async handle(call) {
      const { client, signal } = call;
      const create = (input: unknown, signal: AbortSignal) => client.createOptimizationRun(input as never, { signal });
      if (mediaTypeOf(call.request) === NDJSON_TYPE)
        return bulk(
          call,
          itemByItem(async (input, signal) => (await create(input, signal)).id),
        );
      return created(await create(await call.body(), signal));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId',
    operation: 'getOptimizationRun',
    tag: 'Runs',
    summary: 'Read a run',
    access: 'viewer',
    params: RunPath,
    query: RunQuery,
    answers: {
      200: { description: 'The run.', schema: RunWithIterationsSchema, example: { ...aRun, iterationRows: [anIteration] } },
    },
    refusals: ['not_found', 'ambiguous_id'],
    async handle({ client, params: { runId }, query: { include, projectId }, signal }) {
      const run = present(await client.getOptimizationRun(runId, { projectId, signal }), 'runId', 'run');
      if (include === undefined) return ok(run);
      const iterationRows = await client.getOptimizationIterations(runId, { projectId: run.projectId, signal });
      return ok({ ...run, iterationRows });
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/runs/:runId',
    operation: 'updateOptimizationRun',
    tag: 'Runs',
    summary: 'Change a run',
    description: 'A key left out stays as it is, null empties it.',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    body: { schema: UpdateOptimizationRunSchema, example: { status: 'completed', notes: 'the refund rule made the difference' } },
    answers: { 200: RUN },
    refusals: ['not_found', 'ambiguous_id', 'invalid_status_transition', 'invalid_input', 'constraint_violation'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal, body }) =>
      ok(await client.updateOptimizationRun(runId, (await body()) as never, { projectId, signal })),
  }),
  route({
    method: 'DELETE',
    path: '/v1/runs/:runId',
    operation: 'deleteOptimizationRun',
    tag: 'Runs',
    summary: 'Delete a run with its iterations and samples',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    answers: { 204: GONE },
    refusals: ['not_found', 'ambiguous_id'],
    async handle({ client, params: { runId }, query: { projectId }, signal }) {
      wasThere(await client.deleteOptimizationRun(runId, { projectId, signal }), 'runId', 'run');
      return noContent;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/runs/:runId/progress',
    operation: 'updateRunProgress',
    tag: 'Runs',
    summary: 'Declare progress, and show a sign of life',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    body: { schema: RunProgressSchema, example: { iterations: 4, totalTokens: 31000 }, optional: true },
    answers: { 200: RUN },
    refusals: ['not_found', 'ambiguous_id', 'invalid_input'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal, body }) =>
      ok(await client.updateRunProgress(runId, ((await body()) ?? {}) as never, { projectId, signal })),
  }),
  route({
    method: 'POST',
    path: '/v1/runs/:runId/resume',
    operation: 'resumeOptimizationRun',
    tag: 'Runs',
    summary: 'Set a run that failed, was cancelled, or is stale running again',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    answers: { 200: RUN },
    refusals: ['not_found', 'ambiguous_id', 'invalid_status_transition', 'conflict'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal }) =>
      ok(await client.resumeOptimizationRun(runId, { projectId, signal })),
  }),
];
