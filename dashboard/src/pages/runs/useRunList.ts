import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { getRunPage, runsQuery } from '../../api/runs.js';
import { filtersOf, PINNED } from './filters.js';
import type { RunsView } from './search.js';

/** A line of the list: a run, with how deep it is nested and how many steps it has below it; or a heading above several. */
export type Line = { kind: 'heading'; text: string } | { kind: 'run'; run: OptimizationRun; depth: number; steps: number };

/** More pinned runs than these are found in the list alone. */
const MOST_PINNED = 50;

/** The runs of a view as lines, the pinned ones first, read page by page as they are scrolled to. */
export function useRunList(projectId: string, view: RunsView) {
  const filters = filtersOf(view);
  const all = useInfiniteQuery(runsQuery(projectId, filters));
  const pinned = useInfiniteQuery(runsQuery(projectId, { ...filters, tags: [...(filters.tags ?? []), PINNED] }, MOST_PINNED));
  const total = useQuery({
    queryKey: ['project', projectId, 'total', filters],
    queryFn: async ({ signal }) => (await getRunPage(projectId, { ...filters, count: true }, null, 1, signal)).total ?? null,
  });

  const isNested = view.order === undefined && view.direction === undefined;
  const lines = useMemo<Line[]>(() => {
    // Lists that were read one after the other may both hold a run that has moved.
    const seen = new Set<string>();
    const fresh = (runs: readonly OptimizationRun[]) => runs.filter(({ id }) => !seen.has(id) && seen.add(id));
    const first = fresh(pinned.data?.pages[0]?.data.filter(({ tags }) => tags.includes(PINNED)) ?? []);
    const rest = fresh(all.data?.pages.flatMap(({ data }) => data) ?? []);
    if (first.length === 0) return nest(rest, isNested);
    return [
      { kind: 'heading', text: 'Pinned' },
      ...nest(first, isNested),
      ...(rest.length === 0 ? [] : [{ kind: 'heading' as const, text: 'All others' }, ...nest(rest, isNested)]),
    ];
  }, [all.data, pinned.data, isNested]);

  return {
    lines,
    filters,
    total: total.data ?? null,
    isPending: all.isPending || pinned.isPending,
    error: all.error,
    refetch: () => void all.refetch(),
    hasMore: all.hasNextPage,
    loadMore: () => {
      if (all.hasNextPage && !all.isFetchingNextPage) void all.fetchNextPage();
    },
  };
}

/** Runs that are steps of another one stand below it, the first step first. In an order of the reader's own all stand alone. */
function nest(runs: readonly OptimizationRun[], isNested: boolean): Line[] {
  const line = (run: OptimizationRun, depth: number, steps: number): Line => ({ kind: 'run', run, depth, steps });
  if (!isNested) return runs.map((run) => line(run, 0, 0));
  const ids = new Set(runs.map(({ id }) => id));
  const steps = Map.groupBy(
    runs.filter(({ parentRunId }) => parentRunId !== null && ids.has(parentRunId)),
    ({ parentRunId }) => parentRunId,
  );
  const isStep = new Set([...steps.values()].flat().map(({ id }) => id));
  const below = (run: OptimizationRun, depth: number): Line[] => {
    const children = (steps.get(run.id) ?? []).toReversed();
    return [line(run, depth, children.length), ...children.flatMap((child) => below(child, 1))];
  };
  return runs.filter(({ id }) => !isStep.has(id)).flatMap((run) => below(run, 0));
}
