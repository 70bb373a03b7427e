import { createHash } from 'node:crypto';

/** What a handler answers, before it is written. */
export interface Reply {
  status: 200 | 201 | 204 | 503;
  /** As JSON; nothing is written where it is left out. */
  value?: unknown;
  /** Of a list: where its next page begins; null at the end. */
  next?: string | null;
}

export const ok = (value: unknown): Reply => ({ status: 200, value });
export const created = (value: unknown): Reply => ({ status: 201, value });
export const noContent: Reply = { status: 204 };

/** A list, or one page of it. */
export function list(data: readonly unknown[], next: string | null = null): Reply {
  return { status: 200, value: { data, hasMore: next !== null, nextCursor: next }, next };
}

/** The reply as an answer to the request: with a link to the next page, and short where the other side has it already. */
export function responseOf({ status, value, next }: Reply, request: Request): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (value === undefined) return new Response(null, { status, headers });
  if (next !== undefined && next !== null) headers.set('link', `<${nextUrl(request.url, next)}>; rel="next"`);
  const text = JSON.stringify(value);
  if (status === 200 && (request.method === 'GET' || request.method === 'HEAD')) {
    const tag = `W/"${createHash('sha1').update(text).digest('base64url')}"`;
    headers.set('etag', tag);
    if (isKnown(request.headers.get('if-none-match'), tag)) return new Response(null, { status: 304, headers });
  }
  headers.set('content-type', 'application/json');
  return new Response(text, { status, headers });
}

/** The same request from another place on, as a path: the server need not know by which name it was called. */
function nextUrl(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete('after');
  searchParams.set('cursor', cursor);
  return `${pathname}?${searchParams}`;
}

function isKnown(header: string | null, tag: string): boolean {
  if (header === null) return false;
  const plain = (text: string) => text.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((each) => plain(each) === plain(tag));
}
