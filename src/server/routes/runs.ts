import * as z from 'zod';
import { OptimizerTypeSchema } from '../../schemas/config.js';
import { OptimizationRunFiltersSchema } from '../../schemas/filters.js';
import { NameSchema } from '../../schemas/primitives.js';
import { CreateOptimizationRunSchema, RunStatusSchema } from '../../schemas/run.js';
import { RunWithIterationsSchema } from '../../schemas/wire.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { ok } from '../http/reply.js';
import { anIteration, aRun, newRun } from '../openapi/examples.js';
import { present } from './absent.js';
import { functionRoute } from './function-route.js';
import { withRows } from './paging.js';
import { ByIdQuery, GONE, RunPath } from './shapes.js';

const { tags: _, offset: __, ...filters } = OptimizationRunFiltersSchema.shape;
/** The filters of the SDK without the offset. A filter with several values is given several times. */
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

const RUN = { description: 'The run.', example: aRun };

export const runRoutes = [
  functionRoute('listOptimizationRuns', {
    tag: 'Runs',
    summary: 'List runs',
    description:
      'One page of the runs that you may see, the newest first unless ordered otherwise. A run without the value asked about does not match.',
    query: RunsQuery,
    answer: { description: 'A page of runs.', example: { data: [aRun], hasMore: true, nextCursor: 'WyIyMDI2Il0' } },
    async handle({ client, query: { tag, ...query }, signal }) {
      const page = await client.listOptimizationRuns({ ...query, tags: tag }, { signal });
      return { status: 200, value: page, next: page.nextCursor };
    },
  }),
  functionRoute('createOptimizationRun', {
    tag: 'Runs',
    summary: 'Create a run, or many',
    description:
      'An id that exists gives the stored run unchanged, so that a request can be sent again. As NDJSON: a run a line, and a result a line.',
    body: { example: newRun, line: CreateOptimizationRunSchema },
    answer: RUN,
    status: 201,
    others: {
      200: { description: 'Of an NDJSON body: a result a line.', line: BulkResultSchema, example: { line: 1, status: 201, id: aRun.id } },
    },
    refusals: ['invalid_input', 'constraint_violation'],
  }),
  functionRoute('getOptimizationRun', {
    tag: 'Runs',
    summary: 'Read a run',
    params: RunPath,
    query: RunQuery,
    answer: { description: 'The run.', schema: RunWithIterationsSchema, example: { ...aRun, iterationRows: [anIteration] } },
    refusals: ['not_found', 'ambiguous_id'],
    async handle({ client, params: { runId }, query: { include, projectId }, signal, request }) {
      const run = present(await client.getOptimizationRun(runId, { projectId, signal }), 'runId', 'run');
      if (include === undefined) return ok(run);
      return withRows(request, signal, run, 'iterationRows', (limit, last?: { iteration: number }) =>
        client.getOptimizationIterations(runId, { projectId: run.projectId, limit, after: last?.iteration, signal }),
      );
    },
  }),
  functionRoute('updateOptimizationRun', {
    tag: 'Runs',
    summary: 'Change a run',
    description: 'A key left out stays as it is, null empties it.',
    body: { example: { status: 'completed', notes: 'the refund rule made the difference' } },
    answer: RUN,
    refusals: ['not_found', 'ambiguous_id', 'invalid_status_transition', 'invalid_input', 'constraint_violation'],
  }),
  functionRoute('deleteOptimizationRun', {
    tag: 'Runs',
    summary: 'Delete a run with its iterations and samples',
    answer: GONE,
    refusals: ['not_found', 'ambiguous_id'],
  }),
  functionRoute('updateRunProgress', {
    tag: 'Runs',
    summary: 'Declare progress, and show a sign of life',
    body: { example: { iterations: 4, totalTokens: 31000 }, optional: true },
    answer: RUN,
    refusals: ['not_found', 'ambiguous_id', 'invalid_input'],
  }),
  functionRoute('resumeOptimizationRun', {
    tag: 'Runs',
    summary: 'Set a run that failed, was cancelled, or is stale running again',
    answer: RUN,
    refusals: ['not_found', 'ambiguous_id', 'invalid_status_transition', 'conflict'],
  }),
];
