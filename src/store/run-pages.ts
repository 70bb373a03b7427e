import { z } from 'zod';
import type { Row } from '../database/port.js';
import { isOptrailError, OptrailError } from '../errors.js';
import { type RunFilters, RunOrderSchema, type RunPage } from '../schemas/filters.js';
import { Parameters } from './parameters.js';
import { conditionsOf, prepared, type Search } from './run-filters.js';
import { RUN_SELECTION, type RunRow, runOf } from './runs.js';
import type { Scope } from './scope.js';

/** Where a page ended: the order it was in, the last row's value as PostgreSQL's own text (exact), and its id. */
const CursorSchema = z.tuple([RunOrderSchema, z.enum(['asc', 'desc']), z.string().nullable(), z.guid()]);
type Cursor = z.infer<typeof CursorSchema>;

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function decodeCursor(text: string, filters: RunFilters): Cursor {
  try {
    const cursor = CursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    const isOfThisOrder = cursor[0] === filters.orderBy && cursor[1] === filters.orderDirection;
    if (isOfThisOrder && (cursor[2] !== null || filters.orderBy !== 'created_at')) return cursor;
  } catch {
    // Told below: a cursor that cannot be read and one of another list are the same mistake.
  }
  throw foreignCursor();
}

function foreignCursor(cause?: unknown): OptrailError {
  return new OptrailError('invalid_input', 'This cursor is not of a list in this order.', {
    path: 'cursor',
    hint: 'Pass nextCursor of the page before, with the same filters, orderBy and orderDirection; leave it out for the first page.',
    cause,
  });
}

type PagedRow = RunRow & Row & { cursor_value: string | null };

interface Part {
  /** Only the runs that have a value to order by, or only those that have none; all of them where it is left out. */
  hasValue?: boolean;
  after?: Cursor | undefined;
  limit: number;
  offset?: number;
}

const TYPE_OF_ORDER = {
  created_at: 'timestamptz',
  final_score: 'float8',
  improvement: 'float8',
  duration_ms: 'float8',
  best_score: 'float8',
};

async function readPart(scope: Scope, filters: Search, { hasValue, after, limit, offset = 0 }: Part): Promise<PagedRow[]> {
  const { orderBy, orderDirection: direction } = filters;
  const parameters = new Parameters();
  const { plain, search } = conditionsOf(filters, parameters);
  const where = [...plain];
  if (hasValue !== undefined) where.push(`r.${orderBy} is ${hasValue ? 'not ' : ''}null`);
  const beyond = direction === 'desc' ? '<' : '>';
  if (after !== undefined && after[2] === null) where.push(`r.id ${beyond} ${parameters.add(after[3])}::uuid`);
  if (after !== undefined && after[2] !== null) {
    const value = `${parameters.add(after[2])}::${TYPE_OF_ORDER[orderBy]}`;
    where.push(`(r.${orderBy}, r.id) ${beyond} (${value}, ${parameters.add(after[3])}::uuid)`);
  }
  const order = `order by r.${orderBy} ${direction} ${placeOfNulls(filters, hasValue)}, r.id ${direction}`;
  const inOrder = search.length > 0 && filters.among === undefined && filters.projectId !== undefined && orderBy !== 'best_score';
  // A search for what is not rare reads the runs in the order asked for until the page is full. OFFSET 0 keeps the planner
  // from finding all matches first, which it would for want of statistics on arrays and JSON.
  const source = inOrder
    ? `(select * from public.optimization_runs as r ${whereClause(where)} ${order} offset 0) as r ${whereClause(search)}`
    : `public.optimization_runs as r ${whereClause([...where, ...search])}`;
  return scope.query<PagedRow>({
    text: `select ${RUN_SELECTION}, r.${orderBy}::text as cursor_value from ${source} ${order}
      limit ${parameters.add(limit)} ${offset > 0 ? `offset ${parameters.add(offset)}` : ''}`,
    values: parameters.values,
  });
}

function whereClause(conditions: readonly string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
}

/** Where a part has no nulls their place is spelled as in the index, so that it gives the order read forwards or backwards. */
function placeOfNulls({ orderBy, orderDirection }: RunFilters, hasValue: boolean | undefined): string {
  if (orderBy === 'created_at') return '';
  return hasValue !== undefined && orderDirection === 'asc' ? 'nulls first' : 'nulls last';
}

/** Runs with a value come first in either direction; those without are read only where the page has room for them. */
async function readRows(scope: Scope, filters: Search, limit: number): Promise<PagedRow[]> {
  const { cursor, offset, orderBy } = filters;
  if (offset !== undefined) return readPart(scope, filters, { limit, offset });
  const after = cursor === undefined ? undefined : decodeCursor(cursor, filters);
  if (orderBy === 'created_at') return readPart(scope, filters, { after, limit });
  if (after !== undefined && after[2] === null) return readPart(scope, filters, { hasValue: false, after, limit });

  const rows = await readPart(scope, filters, { hasValue: true, after, limit });
  if (rows.length >= limit) return rows;
  return [...rows, ...(await readPart(scope, filters, { hasValue: false, limit: limit - rows.length }))];
}

export async function listRuns(scope: Scope, filters: RunFilters): Promise<RunPage> {
  const search = await prepared(scope, filters);
  // One row more than the page tells whether another page follows.
  const rows = await readRows(scope, search, filters.limit + 1).catch((error: unknown) => {
    // Everything else was validated: a value that PostgreSQL cannot read came out of a forged cursor.
    const isForged = filters.cursor !== undefined && isOptrailError(error) && error.code === 'invalid_input';
    throw isForged ? foreignCursor(error) : error;
  });
  const page = rows.slice(0, filters.limit);
  const last = page.at(-1);
  const hasMore = rows.length > page.length;
  return {
    data: page.map(({ cursor_value: _, ...row }) => runOf(row)),
    hasMore,
    nextCursor: hasMore && last !== undefined ? encodeCursor([filters.orderBy, filters.orderDirection, last.cursor_value, last.id]) : null,
    ...(filters.count ? { total: await countRuns(scope, search) } : {}),
  };
}

async function countRuns(scope: Scope, filters: Search): Promise<number> {
  const parameters = new Parameters();
  const { plain, search } = conditionsOf(filters, parameters);
  const [row] = await scope.query<{ total: number }>({
    text: `select count(*) as total from public.optimization_runs as r ${whereClause([...plain, ...search])}`,
    values: parameters.values,
  });
  return row?.total ?? 0;
}
