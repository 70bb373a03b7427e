import * as z from 'zod';
import { IdSchema, IterationNumberSchema, NameSchema } from '../../schemas/primitives.js';
import { MAX_CURVES, type RunProgram } from '../../schemas/views.js';
import { aCurve, aHit, aMatrix, aRun, aRunProgram, aSummary } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { pageOf } from './paging.js';
import { ByIdQuery, exampleList, IterationCursorSchema, MOST_ROWS, RunPath } from './shapes.js';

const CurvesQuery = ByIdQuery.extend({
  runId: z.array(IdSchema).min(1).max(MAX_CURVES).describe('May be given several times.'),
});
const ProgramsQuery = ByIdQuery.extend({
  after: IterationNumberSchema.optional().describe('Only programs whose first iteration comes after this number.'),
  cursor: IterationCursorSchema,
});
const SearchQuery = z.strictObject({
  q: NameSchema.describe('What to look for, whatever the case.'),
  limit: z.int().min(1).max(100).optional().describe('Most of each kind; 20 by default.'),
});

export const viewRoutes = [
  functionRoute('getOptimizationRunSummary', {
    tag: 'Views',
    summary: 'What a run came to',
    answer: { description: 'The summary.', example: aSummary },
    refusals: ['not_found', 'ambiguous_id'],
  }),
  functionRoute('getOptimizationPrograms', {
    tag: 'Views',
    summary: 'The programs of a run, each once',
    description: 'A page ends after 8 MiB.',
    params: RunPath,
    query: ProgramsQuery,
    answer: { description: 'In the order of their first iteration.', example: exampleList(aRunProgram) },
    refusals: ['ambiguous_id'],
    handle: ({ client, params: { runId }, query: { projectId, cursor, after = cursor }, signal }) =>
      pageOf(
        MOST_ROWS,
        (_, last?: RunProgram) => client.getOptimizationPrograms(runId, { projectId, after: last?.iterations[0] ?? after, signal }),
        ({ iterations: [first] }) => String(first),
      ),
  }),
  functionRoute('getOptimizationMatrix', {
    tag: 'Views',
    summary: 'Scores of a run: a row an example, a column an iteration',
    answer: { description: 'The matrix.', example: aMatrix },
    refusals: ['not_found', 'ambiguous_id', 'too_large'],
  }),
  functionRoute('getOptimizationCurves', {
    tag: 'Views',
    summary: 'How runs got better',
    description: 'Each iteration that became the best so far, and the last one. Runs that you may not see are left out.',
    query: CurvesQuery,
    answer: { description: 'A curve a run.', example: exampleList(aCurve) },
    refusals: ['ambiguous_id'],
  }),
  functionRoute('searchOptimizationTrail', {
    tag: 'Views',
    summary: 'Find a text in runs and candidate programs',
    query: SearchQuery,
    answer: { description: 'The newest first.', example: { runs: [aRun], programs: [aHit] } },
  }),
];
