import { z } from 'zod';
import type { Row } from '../database/port.js';
import { isOptrailError, OptrailError } from '../errors.js';
import { type RunFilters, RunOrderSchema, type RunPage } from '../schemas/filters.js';
import type { RunStatus } from '../schemas/run.js';
import { Parameters } from './parameters.js';
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

function statusCondition(wanted: readonly RunStatus[], parameters: Parameters): string {
  // A run may be stale without anybody having written that down, so that both spellings are read and told apart.
  const stored: readonly RunStatus[] = wanted.includes('stale') ? [...new Set<RunStatus>([...wanted, 'running'])] : wanted;
  const [only, ...others] = stored;
  // One value by `=`, since only then does the index give the rows in their order.
  const condition =
    only !== undefined && others.length === 0 ? `r.status = ${parameters.add(only)}` : `r.status = any (${parameters.add(stored)})`;
  if (!stored.includes('running')) return condition;
  return `${condition} and optrail.run_status(r.status, r.heartbeat_at) = any (${parameters.add(wanted)})`;
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Filters, and the few runs that match those of them that only a GIN index can find, where they are few. */
interface Search extends RunFilters {
  among?: readonly string[] | undefined;
}

/** A search in one project for tags or configuration asks first whether the runs it is about are rare. */
async function prepared(scope: Scope, filters: RunFilters): Promise<Search> {
  if (filters.projectId === undefined || (filters.tags === undefined && filters.config === undefined)) return filters;
  const [row] = await scope.query<{ among: string[] | null }>({
    text: 'select optrail.find_rare_runs($1, $2::text[], $3::jsonb) as among',
    values: [filters.projectId, filters.tags ?? null, filters.config === undefined ? null : JSON.stringify(filters.config)],
  });
  return { ...filters, among: row?.among ?? undefined };
}

function conditions(filters: Search, parameters: Parameters): string[] {
  const found: string[] = [];
  const put = (condition: string | undefined) => condition !== undefined && found.push(condition);
  const where = <T>(value: T | undefined, condition: (value: T) => string) => put(value === undefined ? undefined : condition(value));

  where(filters.projectId, (id) => `r.project_id = ${parameters.add(id)}`);
  where(filters.among, (ids) => `r.id = any (${parameters.add(ids)}::uuid[])`);
  where(filters.status, (status) => statusCondition(listOf(status), parameters));
  where(filters.optimizerType, (type) =>
    typeof type === 'string' ? `r.optimizer_type = ${parameters.add(type)}` : `r.optimizer_type = any (${parameters.add(type)})`,
  );
  where(filters.tags, (tags) => `r.tags @> ${parameters.add(tags)}::text[]`);
  where(filters.model, (model) => `r.model = ${parameters.add(model)}`);
  where(filters.metric, (metric) => `r.metric = ${parameters.add(metric)}`);
  where(filters.config, (config) => `r.config @> ${parameters.add(JSON.stringify(config))}::jsonb`);
  where(filters.search, (text) => `r.run_name ilike ${parameters.add(`%${text.replace(/[\\%_]/g, '\\$&')}%`)}`);
  where(filters.parentRunId, (id) => `r.parent_run_id = ${parameters.add(id)}`);
  where(filters.minScore, (score) => `r.final_score >= ${parameters.add(score)}`);
  where(filters.maxScore, (score) => `r.final_score <= ${parameters.add(score)}`);
  where(filters.createdAfter, (time) => `r.created_at >= ${parameters.add(time)}`);
  where(filters.createdBefore, (time) => `r.created_at < ${parameters.add(time)}`);
  return found;
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
  const where = conditions(filters, parameters);
  if (hasValue !== undefined) where.push(`r.${orderBy} is ${hasValue ? 'not ' : ''}null`);
  const beyond = direction === 'desc' ? '<' : '>';
  if (after !== undefined && after[2] === null) where.push(`r.id ${beyond} ${parameters.add(after[3])}::uuid`);
  if (after !== undefined && after[2] !== null) {
    const value = `${parameters.add(after[2])}::${TYPE_OF_ORDER[orderBy]}`;
    where.push(`(r.${orderBy}, r.id) ${beyond} (${value}, ${parameters.add(after[3])}::uuid)`);
  }
  return scope.query<PagedRow>({
    text: `select ${RUN_SELECTION}, r.${orderBy}::text as cursor_value
      from public.optimization_runs as r
      ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
      order by r.${orderBy} ${direction} ${placeOfNulls(filters, hasValue)}, r.id ${direction}
      limit ${parameters.add(limit)} ${offset > 0 ? `offset ${parameters.add(offset)}` : ''}`,
    values: parameters.values,
  });
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
  const where = conditions(filters, parameters);
  const [row] = await scope.query<{ total: number }>({
    text: `select count(*) as total from public.optimization_runs as r ${where.length > 0 ? `where ${where.join(' and ')}` : ''}`,
    values: parameters.values,
  });
  return row?.total ?? 0;
}
