import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { RunPage } from '../../../src/schemas/filters.js';
import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import { getIteration, getIterationsAfter, mergeIterations } from '../api/iterations.js';
import { keys } from '../api/keys.js';
import { getRun } from '../api/runs.js';
import type { RunNews } from './events.js';
import { refreshFirstPages } from './first-page.js';

type RunList = InfiniteData<RunPage, string | null>;

/** More changed rows than this are read together with the rest of their list. */
const ONE_BY_ONE = 20;

/** Brings the cache up to date with what was committed, and reads no more than that. */
export async function applyNews(cache: QueryClient, news: readonly RunNews[]): Promise<void> {
  const deleted = news.filter((run) => run.deleted);
  for (const run of deleted) forgetRun(cache, run.runId);
  const living = news.filter((run) => !run.deleted);
  await Promise.allSettled([refreshRuns(cache, living), ...living.map((run) => refreshParts(cache, run))]);
}

/** Everything may be out of date: what is looked at is read anew. */
export const applyReset = (cache: QueryClient): Promise<void> => cache.invalidateQueries();

function lists(cache: QueryClient) {
  return cache.getQueriesData<RunList>({ queryKey: ['runs'] });
}

/** Puts a run into every list that shows it. */
export function putRun(cache: QueryClient, run: OptimizationRun): void {
  cache.setQueryData(keys.runRow(run.id), run);
  for (const [key, list] of lists(cache)) {
    if (!list?.pages.some(({ data }) => data.some(({ id }) => id === run.id))) continue;
    const pages = list.pages.map((page) => ({ ...page, data: page.data.map((row) => (row.id === run.id ? run : row)) }));
    cache.setQueryData<RunList>(key, { ...list, pages });
  }
}

/** Takes a run out of every list that shows it. */
export function forgetRun(cache: QueryClient, runId: string): void {
  for (const [key, list] of lists(cache)) {
    if (list === undefined) continue;
    const pages = list.pages.map((page) => ({ ...page, data: page.data.filter(({ id }) => id !== runId) }));
    cache.setQueryData<RunList>(key, { ...list, pages });
  }
  void cache.invalidateQueries({ queryKey: keys.run(runId) });
}

async function refreshRuns(cache: QueryClient, news: readonly RunNews[]): Promise<void> {
  const listed = new Set(lists(cache).flatMap(([, list]) => list?.pages.flatMap(({ data }) => data.map(({ id }) => id)) ?? []));
  const watched = (runId: string) => listed.has(runId) || cache.getQueryState(keys.runRow(runId)) !== undefined;
  const known = news.filter(({ runId }) => watched(runId));
  if (known.length > ONE_BY_ONE) return cache.invalidateQueries({ queryKey: ['runs'] });
  await Promise.all(known.map(async ({ runId, projectId }) => putRun(cache, await getRun({ runId, projectId }))));
  if (known.length < news.length) await Promise.all([refreshFirstPages(cache), cache.invalidateQueries({ queryKey: keys.projects })]);
}

async function refreshParts(cache: QueryClient, { runId, projectId, changed, iterations, samples }: RunNews): Promise<void> {
  const recorded = iterations === null || iterations.size > 0;
  const stale: (readonly unknown[])[] = [];
  if (changed || recorded) stale.push(keys.best(runId), keys.curve(runId), keys.trust(runId));
  if (recorded) stale.push(keys.matrix(runId));
  if (samples === null) stale.push(keys.samples(runId), keys.matrix(runId));
  else if (samples.size > 0) stale.push(keys.matrix(runId), ...[...samples].map((number) => keys.samples(runId, number)));
  await Promise.all([
    recorded ? refreshIterations(cache, { runId, projectId }, iterations) : undefined,
    ...stale.map((queryKey) => cache.invalidateQueries({ queryKey })),
  ]);
}

/** Reads the iterations after the last one known, and of the known ones those that changed. */
async function refreshIterations(
  cache: QueryClient,
  run: { runId: string; projectId: string },
  numbers: Set<number> | null,
): Promise<void> {
  const key = keys.iterations(run.runId);
  const known = cache.getQueryData<OptimizationIteration[]>(key);
  if (known === undefined) return;
  const last = known.at(-1)?.iteration ?? -1;
  const changed = numbers === null ? null : [...numbers].filter((number) => number <= last);
  if (changed === null || changed.length > ONE_BY_ONE) return cache.invalidateQueries({ queryKey: key });
  const [newer, ...again] = await Promise.all([getIterationsAfter(run, last), ...changed.map((number) => getIteration(run, number))]);
  cache.setQueryData<OptimizationIteration[]>(key, (rows) => (rows === undefined ? rows : mergeIterations(rows, [...again, ...newer])));
}
