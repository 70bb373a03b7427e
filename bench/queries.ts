import type { OptimizationClient } from '../src/client/port.js';
import type { RunFiltersInput } from '../src/schemas/filters.js';
import { LARGE_PROJECT, TAGS } from './dataset.js';

export interface Query {
  name: string;
  /** The seed's target in ms, where the seed has one. */
  target: number | null;
  /** The p95 aimed at with a million runs, in ms. */
  aim: number;
  /** p50 at most so many times that of a look-up by key, in the same run. */
  limit: number;
  run: (client: OptimizationClient) => Promise<unknown>;
}

/** What the queries ask about: found in the database once, so that every round asks the same. */
export interface Subjects {
  runId: string;
  deepCursors: Map<string, string>;
}

const page = (filters: RunFiltersInput): RunFiltersInput => ({ projectId: LARGE_PROJECT, limit: 20, ...filters });

const ORDERS = [
  { orderBy: 'created_at', orderDirection: 'desc' },
  { orderBy: 'created_at', orderDirection: 'asc' },
  { orderBy: 'final_score', orderDirection: 'desc' },
  { orderBy: 'final_score', orderDirection: 'asc' },
  { orderBy: 'improvement', orderDirection: 'desc' },
  { orderBy: 'duration_ms', orderDirection: 'desc' },
] as const;

const orderName = ({ orderBy, orderDirection }: (typeof ORDERS)[number]) => `${orderBy} ${orderDirection}`;

/** Walks far into each order, so that a deep page can be asked for by its cursor. */
export async function findDeepCursors(client: OptimizationClient, pages: number): Promise<Map<string, string>> {
  const cursors = new Map<string, string>();
  for (const order of ORDERS) {
    let cursor: string | undefined;
    for (let read = 0; read < pages; read += 1) {
      const { nextCursor } = await client.listOptimizationRuns({
        projectId: LARGE_PROJECT,
        limit: 1000,
        ...order,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    if (cursor !== undefined) cursors.set(orderName(order), cursor);
  }
  return cursors;
}

export function queriesOf({ runId, deepCursors }: Subjects): Query[] {
  const list = (name: string, filters: RunFiltersInput, rest: Pick<Query, 'target' | 'aim' | 'limit'>): Query => ({
    name,
    ...rest,
    run: (client) => client.listOptimizationRuns(page(filters)),
  });
  const plain = { target: 50, aim: 5, limit: 3 };
  const tags = { target: 100, aim: 10, limit: 8 };
  const config = { target: 150, aim: 15, limit: 8 };
  return [
    ...ORDERS.map((order) => list(`list, first page, ${orderName(order)}`, order, plain)),
    ...ORDERS.flatMap((order) => {
      const cursor = deepCursors.get(orderName(order));
      return cursor === undefined ? [] : [list(`list, deep page, ${orderName(order)}`, { ...order, cursor }, plain)];
    }),
    list('status completed', { status: 'completed' }, plain),
    list('status failed', { status: 'failed' }, plain),
    list('optimizer type copro', { optimizerType: 'copro' }, plain),
    list('tag, common (1 of 2)', { tags: [TAGS.common] }, tags),
    list('tag, some (1 of 25)', { tags: [TAGS.some] }, tags),
    list('tag, rare (1 of 20,000)', { tags: [TAGS.rare] }, tags),
    list('model gpt-4', { model: 'gpt-4' }, config),
    list('config contains, common', { config: { model_config: { model: 'gpt-4' } } }, config),
    list('config contains, rare (1 of 50,000)', { config: { seed: 4711 } }, config),
    list('config contains, none', { config: { seed: -1 } }, config),
    { name: 'leaderboard, 10', target: 30, aim: 3, limit: 3, run: (client) => client.getTopRunsByScore(LARGE_PROJECT, 10) },
    {
      name: 'leaderboard of a metric',
      target: 30,
      aim: 3,
      limit: 3,
      run: (client) => client.getTopRunsByScore(LARGE_PROJECT, 10, { metric: 'f1' }),
    },
    {
      name: 'run with its 100 iterations',
      target: 50,
      aim: 5,
      limit: 3,
      run: (client) =>
        Promise.all([client.getOptimizationRun(runId), client.getOptimizationIterations(runId, { projectId: LARGE_PROJECT })]),
    },
    { name: 'analytics of a project', target: 20, aim: 2, limit: 2, run: (client) => client.getOptimizationAnalytics(LARGE_PROJECT) },
  ];
}
