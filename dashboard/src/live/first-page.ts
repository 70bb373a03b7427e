import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { RunPage } from '../../../src/schemas/filters.js';
import { getRunPage, type RunListFilters } from '../api/runs.js';

type RunList = InfiniteData<RunPage, string | null>;

/**
 * Brings new runs into the lists that are looked at by reading their first page alone. Rows that it pushed off that page
 * stay behind it: they come before the second page in any order.
 */
export async function refreshFirstPages(cache: QueryClient): Promise<void> {
  const lists = cache.getQueryCache().findAll({ queryKey: ['runs'], type: 'active' });
  await Promise.all(
    lists.map(async ({ queryKey }) => {
      const [, projectId, filters, limit] = queryKey as [string, string, RunListFilters, number];
      const first = await getRunPage(projectId, filters, null, limit);
      cache.setQueryData<RunList>(queryKey, (list) => list && withFirstPage(list, first));
    }),
  );
}

export function withFirstPage(list: RunList, first: RunPage): RunList {
  const [before, ...rest] = list.pages;
  if (before === undefined || !first.hasMore) return { pages: [first], pageParams: [null] };
  const ids = new Set(first.data.map(({ id }) => id));
  const pushedOff = before.data.filter(({ id }) => !ids.has(id));
  const pages = [
    { ...before, data: [...first.data, ...pushedOff] },
    ...rest.map((page) => ({ ...page, data: page.data.filter(({ id }) => !ids.has(id)) })),
  ];
  return { ...list, pages };
}
