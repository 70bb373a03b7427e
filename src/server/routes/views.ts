import { z } from 'zod';
import { OptimizationRunSummarySchema } from '../../schemas/analytics.js';
import { IdSchema, NameSchema } from '../../schemas/primitives.js';
import { MAX_CURVES, RunCurveSchema, RunProgramSchema, SampleMatrixSchema, SearchResultSchema } from '../../schemas/views.js';
import { list, ok } from '../http/reply.js';
import { aCurve, aHit, aMatrix, aRun, aRunProgram, aSummary } from '../openapi/examples.js';
import { route } from '../route.js';
import { present } from './absent.js';
import { ByIdQuery, exampleList, listOf, ProjectPath, RunPath } from './shapes.js';

const CurvesQuery = ByIdQuery.extend({
  runId: z.array(IdSchema).min(1).max(MAX_CURVES).describe('May be given several times.'),
});
const SearchQuery = z.strictObject({
  q: NameSchema.describe('What to look for, whatever the case.'),
  limit: z.int().min(1).max(100).optional().describe('Most of each kind; 20 where it is left out.'),
});

export const viewRoutes = [
  route({
    method: 'GET',
    path: '/v1/runs/:runId/summary',
    operation: 'getOptimizationRunSummary',
    tag: 'Views',
    summary: 'What a run came to',
    access: 'viewer',
    params: RunPath,
    query: ByIdQuery,
    answers: { 200: { description: 'The summary.', schema: OptimizationRunSummarySchema, example: aSummary } },
    refusals: ['not_found', 'ambiguous_id'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal }) =>
      ok(present(await client.getOptimizationRunSummary(runId, { projectId, signal }), 'runId', 'run')),
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId/programs',
    operation: 'getOptimizationPrograms',
    tag: 'Views',
    summary: 'The programs of a run, each once',
    access: 'viewer',
    params: RunPath,
    query: ByIdQuery,
    answers: {
      200: {
        description: 'In the order of their first iteration.',
        schema: listOf(RunProgramSchema),
        example: exampleList(aRunProgram),
      },
    },
    refusals: ['ambiguous_id'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal }) =>
      list(await client.getOptimizationPrograms(runId, { projectId, signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId/matrix',
    operation: 'getOptimizationMatrix',
    tag: 'Views',
    summary: 'Scores of a run: a row an example, a column an iteration',
    access: 'viewer',
    params: RunPath,
    query: ByIdQuery,
    answers: { 200: { description: 'The matrix.', schema: SampleMatrixSchema, example: aMatrix } },
    refusals: ['not_found', 'ambiguous_id', 'too_large'],
    handle: async ({ client, params: { runId }, query: { projectId }, signal }) =>
      ok(present(await client.getOptimizationMatrix(runId, { projectId, signal }), 'runId', 'run')),
  }),
  route({
    method: 'GET',
    path: '/v1/curves',
    operation: 'getOptimizationCurves',
    tag: 'Views',
    summary: 'How runs got better',
    description: 'Each iteration that became the best so far, and the last one. Runs that you may not see are left out.',
    access: 'caller',
    query: CurvesQuery,
    answers: { 200: { description: 'A curve a run.', schema: listOf(RunCurveSchema), example: exampleList(aCurve) } },
    refusals: ['ambiguous_id'],
    handle: async ({ client, query: { runId, projectId }, signal }) =>
      list(await client.getOptimizationCurves(runId, { projectId, signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/projects/:projectId/search',
    operation: 'searchOptimizationTrail',
    tag: 'Views',
    summary: 'Find a text in runs and candidate programs',
    access: 'viewer',
    params: ProjectPath,
    query: SearchQuery,
    answers: {
      200: { description: 'The newest first.', schema: SearchResultSchema, example: { runs: [aRun], programs: [aHit] } },
    },
    handle: async ({ client, params: { projectId }, query: { q, limit }, signal }) =>
      ok(await client.searchOptimizationTrail(projectId, q, limit, { signal })),
  }),
];
