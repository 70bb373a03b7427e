import type { RunListFilters } from '../../api/runs.js';
import type { RunsView } from './search.js';

/** Runs with this tag stand first. */
export const PINNED = 'pinned';

const day = (date: string | undefined, days = 0): string | undefined => {
  if (date === undefined) return undefined;
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  const time = new Date(year, month - 1, dayOfMonth + days);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
};

const number = (text: string | undefined): number | undefined => {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** What the API is asked for to show a view. Days are the reader's own, and the last one is included. */
export function filtersOf({
  q,
  status,
  optimizer,
  model,
  metric,
  tag,
  after,
  before,
  min,
  max,
  order,
  direction,
}: RunsView): RunListFilters {
  const filters = {
    search: q,
    status,
    optimizerType: optimizer,
    model,
    metric,
    tags: tag,
    minScore: number(min),
    maxScore: number(max),
    createdAfter: day(after),
    createdBefore: day(before, 1),
    orderBy: order ?? 'created_at',
    orderDirection: direction ?? 'desc',
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as RunListFilters;
}

export interface ActiveFilter {
  label: string;
  value: string;
  /** The view without it. */
  without: Partial<RunsView>;
}

const SINGLE = { q: 'name', model: 'model', metric: 'metric', after: 'from', before: 'to', min: 'score from', max: 'score to' } as const;
const SEVERAL = { status: 'status', optimizer: 'optimizer', tag: 'tag' } as const;

/** Each condition of a view, to be shown and taken away by itself. */
export function activeFilters(view: RunsView): ActiveFilter[] {
  const single = Object.entries(SINGLE).flatMap(([key, label]) => {
    const value = view[key as keyof typeof SINGLE];
    return value === undefined ? [] : [{ label, value, without: { [key]: undefined } }];
  });
  const several = Object.entries(SEVERAL).flatMap(([key, label]) => {
    const values: readonly string[] = view[key as keyof typeof SEVERAL] ?? [];
    return values.map((value) => ({ label, value, without: { [key]: values.filter((other) => other !== value) } }));
  });
  return [...single, ...several];
}

export const NO_FILTERS: Partial<RunsView> = {
  q: undefined,
  status: undefined,
  optimizer: undefined,
  model: undefined,
  metric: undefined,
  tag: undefined,
  after: undefined,
  before: undefined,
  min: undefined,
  max: undefined,
};
