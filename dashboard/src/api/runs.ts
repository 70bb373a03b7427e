import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { type RunFiltersInput, RunPageSchema } from '../../../src/schemas/filters.js';
import { OptimizationIterationSchema } from '../../../src/schemas/iteration.js';
import { OptimizationRunSchema, type UpdateOptimizationRunInput } from '../../../src/schemas/run.js';
import { keys } from './keys.js';
import { get, request, segment, send } from './request.js';

const RUNS_A_PAGE = 200;

export type RunListFilters = Omit<RunFiltersInput, 'cursor' | 'offset' | 'limit' | 'projectId' | 'config'>;

export interface RunReference {
  runId: string;
  /** Needed only where several projects that you see hold the same id. */
  projectId?: string | undefined;
}

const place = (runId: string) => `/v1/runs/${segment(runId)}`;

function runsQueryParameters(projectId: string, { tags, ...filters }: RunListFilters) {
  return { projectId, ...filters, tag: tags } as Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

export function getRunPage(projectId: string, filters: RunListFilters, cursor: string | null, limit = RUNS_A_PAGE, signal?: AbortSignal) {
  return get('/v1/runs', RunPageSchema, { query: { ...runsQueryParameters(projectId, filters), limit, cursor }, signal });
}

/** Runs of a project, page by page. */
export const runsQuery = (projectId: string, filters: RunListFilters, limit = RUNS_A_PAGE) =>
  infiniteQueryOptions({
    queryKey: keys.runs(projectId, filters, limit),
    queryFn: ({ pageParam, signal }) => getRunPage(projectId, filters, pageParam, limit, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The run that was created last in any project the reader sees; null if there is none. */
export const newestRunQuery = queryOptions({
  queryKey: keys.newestRun,
  queryFn: async ({ signal }) => (await get('/v1/runs', RunPageSchema, { query: { limit: 1 }, signal })).data[0] ?? null,
});

export const getRun = ({ runId, projectId }: RunReference, signal?: AbortSignal) =>
  get(place(runId), OptimizationRunSchema, { query: { projectId }, signal });

export const runQuery = (run: RunReference) =>
  queryOptions({ queryKey: keys.runRow(run.runId), queryFn: ({ signal }) => getRun(run, signal) });

/** The winner; null where no full evaluation was completed. */
export const bestQuery = ({ runId, projectId }: RunReference) =>
  queryOptions({
    queryKey: keys.best(runId),
    queryFn: ({ signal }) => request(`${place(runId)}/best`, OptimizationIterationSchema, { query: { projectId, hashes: true }, signal }),
  });

export const deleteRun = ({ runId, projectId }: RunReference) => send(place(runId), { method: 'DELETE', query: { projectId } });

export const updateRun = ({ runId, projectId }: RunReference, body: UpdateOptimizationRunInput) =>
  get(place(runId), OptimizationRunSchema, { method: 'PATCH', query: { projectId }, body });
