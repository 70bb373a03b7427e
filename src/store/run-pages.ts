import * as z from 'zod';
import { isOptrailError, OptrailError } from '../errors.js';
import { type RunFilters, RunOrderSchema, type RunPage } from '../schemas/filters.js';
import { isPartial, markPartial } from '../schemas/partial.js';
import { countRuns, type PagedRow, readPart } from './run-parts.js';
import { runOf } from './runs.js';
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

/** Runs with a value come first in either direction; those without are read only where the page has room for them. */
async function readRows(scope: Scope, filters: RunFilters, limit: number, bytes: number | undefined): Promise<PagedRow[]> {
  const { cursor, offset, orderBy } = filters;
  if (offset !== undefined) return readPart(scope, filters, { limit, offset, bytes });
  const [, , value = null, id = ''] = cursor === undefined ? [] : decodeCursor(cursor, filters);
  const after = cursor === undefined ? undefined : { value, id };
  if (orderBy === 'created_at') return readPart(scope, filters, { after, limit, bytes });
  if (after !== undefined && after.value === null) return readPart(scope, filters, { hasValue: false, after, limit, bytes });

  const rows = await readPart(scope, filters, { hasValue: true, after, limit, bytes });
  if (rows.length >= limit || isPartial(rows)) return rows;
  const others = await readPart(scope, filters, { hasValue: false, limit: limit - rows.length, bytes });
  const all = [...rows, ...others];
  return isPartial(others) ? markPartial(all) : all;
}

/** One page of runs; fewer than `limit` if their large columns take more than `bytes`. */
export async function listRuns(scope: Scope, filters: RunFilters, bytes?: number): Promise<RunPage> {
  // One row more than the page tells whether another page follows.
  const rows = await readRows(scope, filters, filters.limit + 1, bytes).catch((error: unknown) => {
    // Everything else was validated: a value that PostgreSQL cannot read came out of a forged cursor.
    const isForged = filters.cursor !== undefined && isOptrailError(error) && error.code === 'invalid_input';
    throw isForged ? foreignCursor(error) : error;
  });
  const page = rows.slice(0, filters.limit);
  const last = page.at(-1);
  const hasMore = rows.length > page.length || isPartial(rows);
  return {
    data: page.map(({ cursor_value: _, ...row }) => runOf(row)),
    hasMore,
    nextCursor: hasMore && last !== undefined ? encodeCursor([filters.orderBy, filters.orderDirection, last.cursor_value, last.id]) : null,
    ...(filters.count ? { total: await countRuns(scope, filters) } : {}),
  };
}
