import * as z from 'zod';
import { isOptrailError, OptrailError } from '../../errors.js';
import type { Query } from './query.js';
import type { Answer, HttpCall, Transport } from './transport.js';

const PageSchema = z.object({ data: z.array(z.unknown()), hasMore: z.boolean(), nextCursor: z.string().nullable() });

/** Rows that are asked for at a time. */
const PAGE = 1000;

/**
 * An answer, given as it came where it has the form that it should have. Rejects with `server_error` naming the field where it has not:
 * then the server is of another version, or something else.
 */
export function answerOf<S extends z.ZodType>(schema: S, { value }: Answer): z.output<S> {
  return checked(schema, value, '');
}

/** Items of one list are all made by the same code: the first one is looked at closely, and the others are looked for. */
function itemsOf<S extends z.ZodType>(schema: S, items: readonly unknown[]): z.output<S>[] {
  if (items.length > 0) checked(schema, items[0], 'data[0]');
  const stray = items.findIndex((item) => typeof item !== 'object' || item === null);
  if (stray >= 0) throw unexpected(`data[${stray}]`, 'is no object');
  return items as z.output<S>[];
}

function checked<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const { error } = schema.safeParse(value);
  if (error === undefined) return value as z.output<S>;
  const [issue] = error.issues;
  throw unexpected([root, ...(issue?.path ?? [])].filter((key) => key !== '').join('.'), issue?.message ?? 'has another form');
}

function unexpected(path: string, message: string): OptrailError {
  return new OptrailError('server_error', `The server's answer is not as it should be: ${path === '' ? 'it' : path}: ${message}`, {
    path: path === '' ? undefined : path,
    hint: 'The server may be of another version than this client: compare `version` of GET /v1/me.',
  });
}

/** What a read by id gives, or null where the server says that there is none. A route that it does not know is no such answer. */
export async function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (isOptrailError(error) && error.code === 'not_found' && error.path !== undefined) return null;
    throw error;
  });
}

/** A list whole, or its first `limit` items: page after page. */
export async function listAt<S extends z.ZodType>(
  transport: Transport,
  { query = {}, ...call }: Omit<HttpCall, 'method' | 'body'>,
  item: S,
  { limit = Number.POSITIVE_INFINITY, paged = false }: { limit?: number | undefined; paged?: boolean } = {},
): Promise<z.output<S>[]> {
  const items: z.output<S>[] = [];
  let next: Query = query;
  for (;;) {
    const size = paged ? { limit: Math.min(PAGE, limit - items.length) } : {};
    const answer = await transport.call({ ...call, method: 'GET', query: { ...next, ...size } });
    const { data, nextCursor } = answerOf(PageSchema, answer);
    for (const each of itemsOf(item, data)) items.push(each);
    if (nextCursor === null || items.length >= limit) return items;
    // A list that goes on from nowhere would be read for ever.
    if (data.length === 0) throw unexpected('data', 'is empty, and another page is to follow');
    next = { ...query, after: undefined, cursor: nextCursor };
  }
}
