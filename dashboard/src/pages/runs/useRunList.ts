import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { getRunPage, runsQuery } from '../../api/runs.js';
import { filtersOf, PINNED } from './filters.js';
import type { RunsView } from './search.js';

/** A line of the list: a run, or what stands above several. */
export type Line = { kind: 'heading'; text: string } | { kind: 'run'; run: OptimizationRun };

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

  const lines = useMemo<Line[]>(() => {
    // Lists that were read one after the other may both hold a run that has moved.
    const seen = new Set<string>();
    const fresh = (runs: readonly OptimizationRun[]) =>
      runs.filter(({ id }) => !seen.has(id) && seen.add(id)).map((run): Line => ({ kind: 'run', run }));
    const first = fresh(pinned.data?.pages[0]?.data.filter(({ tags }) => tags.includes(PINNED)) ?? []);
    const rest = fresh(all.data?.pages.flatMap(({ data }) => data) ?? []);
    if (first.length === 0) return rest;
    return [
      { kind: 'heading', text: 'Pinned' },
      ...first,
      ...(rest.length === 0 ? [] : [{ kind: 'heading' as const, text: 'All others' }, ...rest]),
    ];
  }, [all.data, pinned.data]);

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
