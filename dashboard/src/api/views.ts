import { queryOptions } from '@tanstack/react-query';
import { OptimizationAnalyticsSchema, TopRunSchema } from '../../../src/schemas/analytics.js';
import { SampleMatrixSchema, SearchResultSchema } from '../../../src/schemas/views.js';
import { keys } from './keys.js';
import { get, getAll, segment, send } from './request.js';
import type { RunReference } from './runs.js';

const project = (projectId: string) => `/v1/projects/${segment(projectId)}`;
const run = (runId: string) => `/v1/runs/${segment(runId)}`;

/** The scores of a run's samples, a row an example, a column an iteration. */
export const matrixQuery = ({ runId, projectId }: RunReference) =>
  queryOptions({
    queryKey: keys.matrix(runId),
    queryFn: ({ signal }) => get(`${run(runId)}/matrix`, SampleMatrixSchema, { query: { projectId }, signal }),
  });

export const leaderboardQuery = (
  projectId: string,
  filters: { limit: number; metric?: string | undefined; evalSetHash?: string | undefined },
) =>
  queryOptions({
    queryKey: keys.leaderboard(projectId, filters),
    queryFn: ({ signal }) => getAll(`${project(projectId)}/leaderboard`, TopRunSchema, { query: filters, signal }),
  });

export const analyticsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.analytics(projectId),
    queryFn: ({ signal }) => getAll(`${project(projectId)}/analytics`, OptimizationAnalyticsSchema, { signal }),
  });

export const refreshAnalytics = () => send('/v1/analytics/refresh', { method: 'POST' });

export const searchQuery = (projectId: string, text: string) =>
  queryOptions({
    queryKey: keys.search(projectId, text),
    queryFn: ({ signal }) => get(`${project(projectId)}/search`, SearchResultSchema, { query: { q: text, limit: 10 }, signal }),
    enabled: text.length > 0,
  });
