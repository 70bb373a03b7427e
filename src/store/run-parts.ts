import type { Row } from '../database/port.js';
import type { RunFilters } from '../schemas/filters.js';
import { isPartial } from '../schemas/partial.js';
import { mapRows, queryWithin } from './bounded.js';
import { Parameters } from './parameters.js';
import { type Conditions, conditionsOf, isSearch, searchedOf, whereClause } from './run-filters.js';
import { LARGE_RUN_COLUMNS, RUN_SELECTION, type RunRow } from './runs.js';
import type { Scope } from './scope.js';

export type PagedRow = RunRow & Row & { cursor_value: string | null };

/** Where a page ended: the last row's value as PostgreSQL's own text (exact), and its id. */
interface Place {
  value: string | null;
  id: string;
}

/** A stretch of a list, all of whose rows have a value to order by, or none. */
export interface Part {
  /** Only the runs that have a value, or only those that have none; all of them where it is left out. */
  hasValue?: boolean;
  after?: Place | undefined;
  limit: number;
  offset?: number;
  /** Most bytes of large columns; the rows are then marked partial if there are more. */
  bytes?: number | undefined;
}

const TYPE_OF_ORDER = {
  created_at: 'timestamptz',
  final_score: 'float8',
  improvement: 'float8',
  duration_ms: 'float8',
  best_score: 'float8',
};

/** So many runs are read for each row of a page before an index is asked: what one run in forty has is found on the way. */
const READ_PER_ROW = 40;

/** The pieces of a statement that reads a part from `optimization_runs as r`. */
interface Pieces extends Conditions {
  parameters: Parameters;
  selection: string;
  order: string;
}

function piecesOf(filters: RunFilters, { hasValue, after }: Part): Pieces {
  const { orderBy, orderDirection: direction } = filters;
  const parameters = new Parameters();
  const conditions = conditionsOf(filters, parameters);
  const { indexed } = conditions;
  if (hasValue !== undefined) indexed.push(`r.${orderBy} is ${hasValue ? 'not ' : ''}null`);
  const beyond = direction === 'desc' ? '<' : '>';
  if (after !== undefined && after.value === null) indexed.push(`r.id ${beyond} ${parameters.add(after.id)}::uuid`);
  if (after !== undefined && after.value !== null) {
    const value = `${parameters.add(after.value)}::${TYPE_OF_ORDER[orderBy]}`;
    indexed.push(`(r.${orderBy}, r.id) ${beyond} (${value}, ${parameters.add(after.id)}::uuid)`);
  }
  return {
    ...conditions,
    parameters,
    selection: `${RUN_SELECTION}, r.${orderBy}::text as cursor_value`,
    order: `order by r.${orderBy} ${direction} ${placeOfNulls(filters, hasValue)}, r.id ${direction}`,
  };
}

/** Where a part has no nulls their place is spelled as in the index, so that it gives the order read forwards or backwards. */
function placeOfNulls({ orderBy, orderDirection }: RunFilters, hasValue: boolean | undefined): string {
  if (orderBy === 'created_at') return '';
  return hasValue !== undefined && orderDirection === 'asc' ? 'nulls first' : 'nulls last';
}

/**
 * A part of a list. A search reads the runs in the order asked for, which fills a page with what is common at once; then it asks
 * the index for what is rare; and only what is neither rare nor near the top has all the runs read.
 */
export async function readPart(scope: Scope, filters: RunFilters, part: Part): Promise<PagedRow[]> {
  if (!isSearch(filters)) return readAll(scope, filters, part);
  const hasOrder = filters.orderBy !== 'best_score';
  if (hasOrder) {
    const wanted = part.limit + (part.offset ?? 0);
    const rows = await readInOrder(scope, filters, part, READ_PER_ROW * wanted);
    if (rows.length >= part.limit || isPartial(rows)) return rows;
  }
  const rare = await readRare(scope, filters, part);
  if (rare !== null) return rare;
  return hasOrder ? readInOrder(scope, filters, part, null) : readAll(scope, filters, part);
}

function readAll(scope: Scope, filters: RunFilters, part: Part): Promise<PagedRow[]> {
  const { parameters, selection, order, indexed, asked } = piecesOf(filters, part);
  const statement = {
    text: `select ${selection} from public.optimization_runs as r ${whereClause(indexed, asked, searchedOf(filters, parameters))} ${order}
      limit ${parameters.add(part.limit)} ${offsetClause(part, parameters)}`,
    values: parameters.values,
  };
  return queryWithin<PagedRow>(scope, statement, LARGE_RUN_COLUMNS, part.bytes);
}

/** The rows of the part that are among the first `most` runs in its order. */
function readInOrder(scope: Scope, filters: RunFilters, part: Part, most: number | null): Promise<PagedRow[]> {
  const { parameters, selection, order, indexed, asked } = piecesOf(filters, part);
  // Nothing is known of how often a tag or a piece of JSON occurs. A limit that the planner cannot see keeps it from finding all
  // matches first, and from sorting: it takes such a limit for a tenth of the runs, which an index in their order gives cheapest.
  const statement = {
    text: `select ${selection} from (
        select * from public.optimization_runs as r ${whereClause(indexed)} ${order} limit (select ${parameters.add(most)}::bigint)
      ) as r ${whereClause(asked, searchedOf(filters, parameters))} ${order}
      limit ${parameters.add(part.limit)} ${offsetClause(part, parameters)}`,
    values: parameters.values,
  };
  return queryWithin<PagedRow>(scope, statement, LARGE_RUN_COLUMNS, part.bytes);
}

/** The rows of the part where few runs match the search, by its index; null where they are too many to find that way. */
async function readRare(scope: Scope, filters: RunFilters, part: Part): Promise<PagedRow[] | null> {
  const { parameters, selection, order, indexed, asked } = piecesOf(filters, part);
  const statement = {
    text: `with rare as materialized (select ${rareRuns(filters, parameters)} as ids)
      select rare.ids is null as is_common, ${selection}
      from rare left join lateral (
        select r.* from unnest(rare.ids) as found(id) join public.optimization_runs as r on r.id = found.id
        ${whereClause(indexed, asked)} ${order}
        limit ${parameters.add(part.limit)} ${offsetClause(part, parameters)}
      ) as r on true ${order}`,
    values: parameters.values,
  };
  const rows = await queryWithin<PagedRow>(scope, statement, LARGE_RUN_COLUMNS, part.bytes);
  if (rows[0]?.is_common === true) return null;
  // If no run is found, the join leaves a row without one.
  if (rows[0]?.id === null) return [];
  return mapRows(rows, ({ is_common: _, ...row }) => row as PagedRow);
}

/** A call for the ids of the runs that a search is about, null where they are too many. */
function rareRuns({ projectId, tags, config }: RunFilters, parameters: Parameters): string {
  const places = [projectId ?? null, tags ?? null, config === undefined ? null : JSON.stringify(config)].map((value) =>
    parameters.add(value),
  );
  return `optrail.find_rare_runs(${places[0]}, ${places[1]}::text[], ${places[2]}::jsonb)`;
}

function offsetClause({ offset = 0 }: Part, parameters: Parameters): string {
  return offset > 0 ? `offset ${parameters.add(offset)}` : '';
}

export async function countRuns(scope: Scope, filters: RunFilters): Promise<number> {
  const parameters = new Parameters();
  const { indexed, asked } = conditionsOf(filters, parameters);
  const count = (...conditions: (readonly string[])[]) =>
    `select count(*) from public.optimization_runs as r ${whereClause(...conditions)}`;
  const all = count(indexed, asked, searchedOf(filters, parameters));
  const [row] = await scope.query<{ total: number }>({
    text: isSearch(filters)
      ? `with rare as materialized (select ${rareRuns(filters, parameters)} as ids)
        select case when rare.ids is null then (${all}) else (${count(['r.id = any (rare.ids)'], indexed, asked)}) end as total from rare`
      : `select (${all}) as total`,
    values: parameters.values,
  });
  return row?.total ?? 0;
}
