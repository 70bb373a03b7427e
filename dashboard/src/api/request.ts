import * as z from 'zod';
import { authorization } from './api-key.js';
import { Problem, problemOf, unreachable } from './problem.js';

type QueryValue = string | number | boolean | undefined | null | readonly (string | number)[];

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** An array repeats its key; what is undefined, null or empty is left out. */
  query?: Readonly<Record<string, QueryValue>>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

function address(path: string, query: RequestOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '') search.append(key, String(item));
    }
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/** Sends a request with the tab's key; rejects with a {@link Problem} for every answer that is none of 2xx. */
export async function send(path: string, { method = 'GET', query, body, signal }: RequestOptions = {}): Promise<Response> {
  const response = await fetch(address(path, query), {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...authorization(),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The answer to a request as its schema reads it, or null where it is empty (204). */
export async function request<T>(path: string, schema: z.ZodType<T>, options?: RequestOptions): Promise<T | null> {
  const response = await send(path, options);
  if (response.status === 204) return null;
  const parsed = schema.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  throw new Problem(`The answer of ${path} is not what this page expects: ${z.prettifyError(parsed.error)}`, {
    status: response.status,
    code: 'server_error',
    hint: 'The page and the server may be of different versions: reload the page.',
    cause: parsed.error,
  });
}

/** As {@link request}, for what always has a body. */
export async function get<T>(path: string, schema: z.ZodType<T>, options?: RequestOptions): Promise<T> {
  const answer = await request(path, schema, options);
  if (answer !== null) return answer;
  throw new Problem(`The answer of ${path} is empty`, { status: 204, code: 'server_error' });
}

/** A page of a list. */
export interface Page<T> {
  data: T[];
  hasMore: boolean;
  nextCursor: string | null;
}

const pageOf = <T>(item: z.ZodType<T>): z.ZodType<Page<T>> =>
  z.object({ data: z.array(item), hasMore: z.boolean(), nextCursor: z.string().nullable() });

/** All pages of a list, at most `most` rows. */
export async function getAll<T>(path: string, item: z.ZodType<T>, options: RequestOptions = {}, most = 100_000): Promise<T[]> {
  const schema = pageOf(item);
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get(path, schema, { ...options, query: { ...options.query, ...(cursor === null ? {} : { cursor }) } });
    rows.push(...page.data);
    cursor = page.hasMore ? page.nextCursor : null;
  } while (cursor !== null && rows.length < most);
  return rows;
}

/** A segment of a path: ids of projects are free text. */
export const segment = (text: string): string => encodeURIComponent(text);
