import { createHash } from 'node:crypto';
import { hostName, isLoopback } from './loopback.js';

/** The answer of a handler, before it is written. */
export interface Reply {
  status: 200 | 201 | 204 | 503;
  /** Written as JSON; no body without a value and a text. */
  value?: unknown;
  /** JSON that is written already. */
  text?: string;
  /** Cursor of the next page of a list; null at the end. */
  next?: string | null;
}

/** Characters of an answer that is written whole and has an ETag: hashing and encoding a larger one would hold up other requests. */
const LARGE = 1024 * 1024;
/** Characters from which on an answer to another machine is compressed. */
const COMPRESSED = 16 * 1024;
/** Characters of a larger answer that are encoded at a time. */
const PIECE = 256 * 1024;

export const ok = (value: unknown): Reply => ({ status: 200, value });
export const created = (value: unknown): Reply => ({ status: 201, value });
export const noContent: Reply = { status: 204 };

/** A list, or one page of it. */
export function list(data: readonly unknown[], next: string | null = null): Reply {
  return { status: 200, value: { data, hasMore: next !== null, nextCursor: next }, next };
}

/** The same of rows that are JSON already. */
export function textList(rows: readonly string[], next: string | null): Reply {
  const text = `{"data":[${rows.join(',')}],"hasMore":${next !== null},"nextCursor":${JSON.stringify(next)}}`;
  return { status: 200, text, next };
}

/** Writes the reply: with a link to the next page, or as 304 if the client has it already. */
export function responseOf({ status, value, next, text: written }: Reply, request: Request): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (value === undefined && written === undefined) return new Response(null, { status, headers });
  if (next !== undefined && next !== null) headers.set('link', `<${nextUrl(request.url, next)}>; rel="next"`);
  const text = written ?? JSON.stringify(value);
  headers.set('content-type', 'application/json');
  if (text.length <= LARGE && status === 200 && (request.method === 'GET' || request.method === 'HEAD')) {
    const tag = `W/"${createHash('sha1').update(text).digest('base64url')}"`;
    headers.set('etag', tag);
    if (isKnown(request.headers.get('if-none-match'), tag)) return new Response(null, { status: 304, headers });
  }
  const isUnsent = request.method === 'HEAD' && text.length > LARGE;
  return new Response(isUnsent ? null : bodyOf(text, request, headers), { status, headers });
}

type ByteTransform = Parameters<ReadableStream<Uint8Array>['pipeThrough']>[0] & { readable: ReadableStream<Uint8Array> };

/** The text as it is sent: in pieces if it is large, and compressed if the client is elsewhere and accepts gzip. */
function bodyOf(text: string, request: Request, headers: Headers): string | ReadableStream<Uint8Array> {
  const isCompressed = text.length > COMPRESSED && acceptsGzip(request) && !isHere(request);
  if (text.length > COMPRESSED) headers.set('vary', 'accept-encoding');
  if (!isCompressed) return text.length > LARGE ? inPieces(text) : text;
  headers.set('content-encoding', 'gzip');
  // Node's and the DOM's types of a gzip stream differ; both take and give bytes.
  return inPieces(text).pipeThrough(new CompressionStream('gzip') as unknown as ByteTransform);
}

function acceptsGzip({ headers }: Request): boolean {
  const accepted = (headers.get('accept-encoding') ?? '').toLowerCase();
  return accepted.split(',').some((each) => /^\s*gzip\s*(;\s*q=(1|0?\.\d*[1-9]\d*)[\d.]*\s*)?$/.test(each));
}

/** Whether the server is called as this machine: compressing would take longer than sending. */
function isHere({ headers, url }: Request): boolean {
  const name = hostName(headers.get('host') ?? new URL(url).host);
  return name !== null && isLoopback(name);
}

/** Text encoded piece by piece as it is taken, so that other requests get their turns. */
function inPieces(text: string): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      let end = Math.min(text.length, at + PIECE);
      // Not between the halves of a surrogate pair.
      if (end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00) end += 1;
      controller.enqueue(Buffer.from(text.slice(at, end)));
      at = end;
      if (at === text.length) controller.close();
    },
  });
}

/** The same request with another cursor, as a path: the server does not know its public name. */
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
