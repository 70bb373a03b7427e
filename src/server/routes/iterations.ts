import { z } from 'zod';
import { OptimizationIterationSchema, UpdateOptimizationIterationSchema } from '../../schemas/iteration.js';
import { IterationNumberSchema } from '../../schemas/primitives.js';
import { NewIterationSchema } from '../../schemas/wire.js';
import { mediaTypeOf, NDJSON_TYPE } from '../http/body.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { rowsAsLines, wantsLines } from '../http/lines.js';
import { created, ok } from '../http/reply.js';
import { anIteration, newIteration } from '../openapi/examples.js';
import { route } from '../route.js';
import { present } from './absent.js';
import { bulk, itemByItem } from './bulk.js';
import { inRun } from './in-run.js';
import { pageOf } from './paging.js';
import { ByIdQuery, exampleList, HashesQuery, IterationPath, LimitSchema, listOf, RunPath, USUAL_ROWS } from './shapes.js';

const IterationsQuery = HashesQuery.extend({
  limit: LimitSchema.optional(),
  orderDirection: z.enum(['asc', 'desc']).default('asc').describe('`desc` gives the newest first.'),
  after: IterationNumberSchema.optional().describe('Only those that come after this number, in the order asked for.'),
  cursor: z
    .string()
    .regex(/^\d{1,10}$/, 'is none that this list gave')
    .transform(Number)
    .pipe(IterationNumberSchema)
    .optional()
    .describe('`nextCursor` of the page before.'),
});

const ITERATION = { description: 'The iteration.', schema: OptimizationIterationSchema, example: anIteration };

export const iterationRoutes = [
  route({
    method: 'GET',
    path: '/v1/runs/:runId/iterations',
    operation: 'getOptimizationIterations',
    tag: 'Iterations',
    summary: 'List the iterations of a run',
    description:
      'By number, 1,000 a page where `limit` is left out. Ask for `application/x-ndjson` and they stream, a row a line, all of them or `limit`.',
    access: 'viewer',
    params: RunPath,
    query: IterationsQuery,
    answers: {
      200: {
        description: 'A page of iterations.',
        schema: listOf(OptimizationIterationSchema),
        example: exampleList(anIteration),
        line: OptimizationIterationSchema,
      },
    },
    refusals: ['ambiguous_id'],
    async handle({ client, params: { runId }, query, signal, request }) {
      const { limit, cursor, after = cursor, orderDirection, ...place } = query;
      const read = (most: number, last?: { iteration: number }) =>
        client.getOptimizationIterations(runId, { ...place, orderDirection, limit: most, after: last?.iteration ?? after, signal });
      if (wantsLines(request)) return rowsAsLines(request, signal, limit ?? Number.POSITIVE_INFINITY, read);
      return pageOf(limit ?? USUAL_ROWS, read, ({ iteration }) => String(iteration));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/runs/:runId/iterations',
    operation: 'createOptimizationIteration',
    tag: 'Iterations',
    summary: 'Record an iteration, or many',
    description:
      'The same id again gives the stored row unchanged; another id on a number taken is a conflict. As NDJSON: an iteration a line, and a result a line.',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    body: { schema: NewIterationSchema, example: newIteration, line: NewIterationSchema },
    answers: {
      201: ITERATION,
      200: {
        description: 'Of an NDJSON body: a result a line.',
        line: BulkResultSchema,
        example: { line: 1, status: 201, id: anIteration.id },
      },
    },
    refusals: ['not_found', 'ambiguous_id', 'conflict', 'invalid_input', 'constraint_violation'],
    async handle(call) {
      const { client, signal, params, query } = call;
      const create = (input: unknown, during: AbortSignal) =>
        client.createOptimizationIteration(inRun(input, params.runId, query.projectId) as never, { signal: during });
      if (mediaTypeOf(call.request) === NDJSON_TYPE)
        return bulk(
          call,
          itemByItem(async (input, during) => (await create(input, during)).id),
        );
      return created(await create(await call.body(), signal));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId/iterations/:number',
    operation: 'getOptimizationIteration',
    tag: 'Iterations',
    summary: 'Read an iteration',
    access: 'viewer',
    params: IterationPath,
    query: HashesQuery,
    answers: { 200: ITERATION },
    refusals: ['not_found', 'ambiguous_id'],
    async handle({ client, params: { runId, number }, query, signal }) {
      const after = number === 0 ? undefined : number - 1;
      const [found = null] = await client.getOptimizationIterations(runId, { ...query, after, limit: 1, signal });
      return ok(present(found?.iteration === number ? found : null, 'iteration', 'iteration'));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/runs/:runId/iterations/:number',
    operation: 'updateOptimizationIteration',
    tag: 'Iterations',
    summary: 'Change an iteration',
    description: 'A key left out stays as it is, null empties it.',
    access: 'editor',
    params: IterationPath,
    query: ByIdQuery,
    body: { schema: UpdateOptimizationIterationSchema, example: { status: 'completed', score: 0.75 } },
    answers: { 200: ITERATION },
    refusals: ['not_found', 'ambiguous_id', 'invalid_input', 'constraint_violation'],
    handle: async ({ client, params: { runId, number }, query: { projectId }, signal, body }) =>
      ok(await client.updateOptimizationIteration(runId, number, (await body()) as never, { projectId, signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId/best',
    operation: 'getBestIteration',
    tag: 'Iterations',
    summary: 'Read the winner of a run',
    access: 'viewer',
    params: RunPath,
    query: HashesQuery,
    answers: {
      200: { description: 'The best full evaluation.', schema: OptimizationIterationSchema, example: anIteration },
      204: { description: 'No full evaluation was completed, or there is no run that you may see.' },
    },
    refusals: ['ambiguous_id'],
    async handle({ client, params: { runId }, query, signal }) {
      const best = await client.getBestIteration(runId, { ...query, signal });
      return best === null ? { status: 204 } : ok(best);
    },
  }),
];
