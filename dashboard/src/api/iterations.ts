import { queryOptions } from '@tanstack/react-query';
import { type OptimizationIteration, OptimizationIterationSchema } from '../../../src/schemas/iteration.js';
import { keys } from './keys.js';
import { get, getAll, segment } from './request.js';
import type { RunReference } from './runs.js';

const place = (runId: string) => `/v1/runs/${segment(runId)}/iterations`;

/** Iterations after a number, in order; after -1 all of them. */
export function getIterationsAfter({ runId, projectId }: RunReference, after: number, signal?: AbortSignal) {
  return getAll(place(runId), OptimizationIterationSchema, {
    query: { projectId, hashes: true, limit: 1000, ...(after < 0 ? {} : { after }) },
    signal,
  });
}

export const getIteration = ({ runId, projectId }: RunReference, iteration: number, signal?: AbortSignal) =>
  get(`${place(runId)}/${iteration}`, OptimizationIterationSchema, { query: { projectId, hashes: true }, signal });

/** All iterations of a run. Those that are recorded later are added by the live updates, without reading these again. */
export const iterationsQuery = (run: RunReference) =>
  queryOptions({
    queryKey: keys.iterations(run.runId),
    queryFn: ({ signal }) => getIterationsAfter(run, -1, signal),
    staleTime: 5 * 60_000,
  });

/** Rows that are known with newer ones put in their places, by number. */
export function mergeIterations(known: readonly OptimizationIteration[], newer: readonly OptimizationIteration[]): OptimizationIteration[] {
  const last = known.at(-1)?.iteration ?? -1;
  if (newer.every(({ iteration }) => iteration > last)) return [...known, ...newer];
  const rows = new Map(known.map((row) => [row.iteration, row]));
  for (const row of newer) rows.set(row.iteration, row);
  return [...rows.values()].sort((a, b) => a.iteration - b.iteration);
}
