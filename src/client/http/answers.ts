import * as z from 'zod';
import { isOptrailError, OptrailError } from '../../errors.js';
import type { Query } from './query.js';
import type { Answer, HttpCall, Transport } from './transport.js';

const PageSchema = z.object({ data: z.array(z.unknown()), hasMore: z.boolean(), nextCursor: z.string().nullable() });

/** Rows of one page. */
const PAGE = 1000;

/**
 * The value of an answer, unchanged. Rejects with `server_error` naming the field if it does not match the schema: the server is of another
 * version, or is not Optrail.
 */
export function answerOf<S extends z.ZodType>(schema: S, { value }: Answer): z.output<S> {
  return checked(schema, value, '');
}

/** Checks the first item of a list, and that all others are objects: the same code made all of them. */
function itemsOf<S extends z.ZodType>(schema: S, items: readonly unknown[]): z.output<S>[] {
  if (items.length > 0) checked(schema, items[0], 'data[0]');
  const stray = items.findIndex((item) => typeof item !== 'object' || item === null);
  if (stray >= 0) throw unexpected(`data[${stray}]`, 'is not an object');
  return items as z.output<S>[];
}

function checked<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const { error } = schema.safeParse(value);
  if (error === undefined) return value as z.output<S>;
  const [issue] = error.issues;
  throw unexpected([root, ...(issue?.path ?? [])].filter((key) => key !== '').join('.'), issue?.message ?? 'does not match');
}

function unexpected(path: string, message: string): OptrailError {
  return new OptrailError('server_error', `The server's answer is not valid: ${path === '' ? 'it' : path}: ${message}`, {
    path: path === '' ? undefined : path,
    hint: 'Compare the versions of server and client: `version` of GET /v1/me.',
  });
}

/** The result of a read by id, or null if the server answers not_found. An unknown route has no path in its error, and is rethrown. */
export async function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (isOptrailError(error) && error.code === 'not_found' && error.path !== undefined) return null;
    throw error;
  });
}

/** A whole list, or its first `limit` items, page after page. */
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
    // An empty page with a cursor would loop for ever.
    if (data.length === 0) throw unexpected('data', 'is empty although another page follows');
    next = { ...query, after: undefined, cursor: nextCursor };
  }
}
