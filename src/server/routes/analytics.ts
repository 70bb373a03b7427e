import { OptimizationAnalyticsSchema, TopRunSchema, TopRunsOptionsSchema } from '../../schemas/analytics.js';
import { list, noContent } from '../http/reply.js';
import { aTopRun, someAnalytics } from '../openapi/examples.js';
import { route } from '../route.js';
import { exampleList, listOf, ProjectPath } from './shapes.js';

export const analyticsRoutes = [
  route({
    method: 'GET',
    path: '/v1/projects/:projectId/leaderboard',
    operation: 'getTopRunsByScore',
    tag: 'Analytics',
    summary: 'Completed runs of a project, the best first',
    description: 'Scores of different metrics or evaluation sets are not comparable: `metric` and `evalSetHash` narrow the ranking.',
    access: 'viewer',
    params: ProjectPath,
    query: TopRunsOptionsSchema,
    answers: { 200: { description: 'By `finalScore / scoreMax`.', schema: listOf(TopRunSchema), example: exampleList(aTopRun) } },
    handle: async ({ client, params: { projectId }, query: { limit, ...options }, signal }) =>
      list(await client.getTopRunsByScore(projectId, limit, { ...options, signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/projects/:projectId/analytics',
    operation: 'getOptimizationAnalytics',
    tag: 'Analytics',
    summary: 'Figures of a project as of the last refresh',
    access: 'viewer',
    params: ProjectPath,
    answers: {
      200: {
        description: 'A row for each optimizer, metric and status.',
        schema: listOf(OptimizationAnalyticsSchema),
        example: exampleList(someAnalytics),
      },
    },
    handle: async ({ client, params: { projectId }, signal }) => list(await client.getOptimizationAnalytics(projectId, { signal })),
  }),
  route({
    method: 'POST',
    path: '/v1/analytics/refresh',
    operation: 'refreshOptimizationAnalytics',
    tag: 'Analytics',
    summary: 'Bring the analytics up to date',
    description: 'For the user of this machine: a server does it by itself every 30 seconds.',
    access: 'local',
    refusals: ['forbidden'],
    answers: { 204: { description: 'They are up to date.' } },
    async handle({ client, signal }) {
      await client.refreshOptimizationAnalytics({ signal });
      return noContent;
    },
  }),
];
