import * as z from 'zod';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { OptimizationIterationSchema } from '../../schemas/iteration.js';
import { IterationNumberSchema } from '../../schemas/primitives.js';
import { NewIterationSchema } from '../../schemas/wire.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { rowsAsLines, wantsLines } from '../http/lines.js';
import { ok } from '../http/reply.js';
import { anIteration, newIteration } from '../openapi/examples.js';
import { route } from '../route.js';
import { present } from './absent.js';
import { functionRoute } from './function-route.js';
import { pageOf } from './paging.js';
import { ByIdQuery, exampleList, HashesQuery, IterationCursorSchema, IterationPath, LimitSchema, RunPath, USUAL_ROWS } from './shapes.js';

const IterationsQuery = HashesQuery.extend({
  limit: LimitSchema.optional(),
  orderDirection: z.enum(['asc', 'desc']).default('asc').describe('`desc` gives the newest first.'),
  after: IterationNumberSchema.optional().describe('Only those that come after this number, in the order asked for.'),
  programs: z.boolean().optional().describe('`false` leaves the programs out, and adds their hashes.'),
  cursor: IterationCursorSchema,
});

const ITERATION = { description: 'The iteration.', example: anIteration };

export const iterationRoutes = [
  functionRoute('getOptimizationIterations', {
    tag: 'Iterations',
    summary: 'List the iterations of a run',
    description:
      'By number, 1,000 a page by default; a page ends after 8 MiB. Ask for `application/x-ndjson` and they stream, a row a line, all of them or `limit`.',
    params: RunPath,
    query: IterationsQuery,
    answer: { description: 'A page of iterations.', example: exampleList(anIteration), line: OptimizationIterationSchema },
    refusals: ['ambiguous_id'],
    async handle({ client, params: { runId }, query, signal, request }) {
      const { limit, cursor, after = cursor, orderDirection, ...place } = query;
      const read = (most: number, last?: { iteration: number }) =>
        client.getOptimizationIterations(runId, { ...place, orderDirection, limit: most, after: last?.iteration ?? after, signal });
      if (wantsLines(request)) return rowsAsLines(request, signal, limit ?? Number.POSITIVE_INFINITY, read);
      return pageOf(limit ?? USUAL_ROWS, read, ({ iteration }) => String(iteration));
    },
  }),
  functionRoute('createOptimizationIteration', {
    tag: 'Iterations',
    summary: 'Record an iteration, or many',
    description:
      'The same id again gives the stored row unchanged; another id on a number taken is a conflict. As NDJSON: an iteration a line, and a result a line.',
    query: ByIdQuery,
    body: { schema: NewIterationSchema, example: newIteration, line: NewIterationSchema },
    answer: ITERATION,
    status: 201,
    others: {
      200: {
        description: 'Of an NDJSON body: a result a line.',
        line: BulkResultSchema,
        example: { line: 1, status: 201, id: anIteration.id },
      },
    },
    refusals: ['not_found', 'ambiguous_id', 'conflict', 'invalid_input', 'constraint_violation'],
  }),
  route({
    ...ENDPOINTS.getOptimizationIteration,
    operation: 'getOptimizationIteration',
    tag: 'Iterations',
    summary: 'Read an iteration',
    params: IterationPath,
    query: HashesQuery,
    answers: { 200: { ...ITERATION, schema: OptimizationIterationSchema } },
    refusals: ['not_found', 'ambiguous_id'],
    async handle({ client, params: { runId, number }, query, signal }) {
      const after = number === 0 ? undefined : number - 1;
      const [found = null] = await client.getOptimizationIterations(runId, { ...query, after, limit: 1, signal });
      return ok(present(found?.iteration === number ? found : null, 'iteration', 'iteration'));
    },
  }),
  functionRoute('updateOptimizationIteration', {
    tag: 'Iterations',
    summary: 'Change an iteration',
    description: 'A key left out stays as it is, null empties it.',
    body: { example: { status: 'completed', score: 0.75 } },
    answer: ITERATION,
    refusals: ['not_found', 'ambiguous_id', 'invalid_input', 'constraint_violation'],
  }),
  functionRoute('getBestIteration', {
    tag: 'Iterations',
    summary: 'Read the winner of a run',
    answer: { description: 'The best full evaluation.', example: anIteration },
    others: { 204: { description: 'No full evaluation was completed, or you may not see the run.' } },
    refusals: ['ambiguous_id'],
  }),
];
