import type { RunFilters, RunPage } from '../../schemas/filters.js';
import type { CheckedCall } from '../checked-call.js';
import { OPERATIONS, type OperationInput } from '../operations.js';
import { answerOf } from './answers.js';
import type { Query } from './query.js';
import type { Transport } from './transport.js';

/** A page of runs. The API has no offset, whose cost grows with it: the pages before are read and dropped. */
export async function listRunsOver(transport: Transport, { input, signal }: CheckedCall): Promise<RunPage> {
  const { method, path, output } = OPERATIONS.listOptimizationRuns;
  const { offset = 0, ...filters } = (input as OperationInput<'listOptimizationRuns'>).filters;
  let { cursor } = filters;
  let total: { total?: number } = {};
  for (let skipped = 0; ; ) {
    const isLast = skipped === offset;
    const limit = isLast ? filters.limit : Math.min(1000, offset - skipped);
    const count = filters.count && skipped === 0;
    const answer = await transport.call({ method, path, query: queryOf({ ...filters, limit, cursor, count }), signal });
    const page: RunPage = answerOf(output, { ...answer, value: firstOnly(answer.value) });
    if (count && page.total !== undefined) total = { total: page.total };
    const { data, hasMore, nextCursor } = answer.value as RunPage;
    if (isLast) return { data, hasMore, nextCursor, ...total };
    if (nextCursor === null) return { data: [], hasMore: false, nextCursor: null, ...total };
    skipped += data.length;
    cursor = nextCursor;
  }
}

/** A page with its first run alone: the same code made all of them, so one is checked. */
function firstOnly(value: unknown): unknown {
  const data = (value as { data?: unknown } | null)?.data;
  return Array.isArray(data) ? { ...(value as object), data: data.slice(0, 1) } : value;
}

function queryOf({ status, optimizerType, tags, config, count, ...filters }: Omit<RunFilters, 'offset'>): Query {
  return {
    ...filters,
    status,
    optimizerType,
    tag: tags,
    config: config === undefined ? undefined : JSON.stringify(config),
    count: count || undefined,
  };
}
