import { OptrailError } from '../../errors.js';
import { TimeSlice } from '../../schemas/time-slice.js';

/** What a request carries: a value, or a list of values under a name, which is written out in turns. */
export type Content = { value: unknown } | { name: string; items: readonly unknown[] };

interface Bytes {
  bytes: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
  /** Why a server would hang up in the middle of it. */
  problem: OptrailError | undefined;
}

/** Bytes from which on compressing pays, where they go over a network. */
const COMPRESS_FROM = 64 * 1024;
/** Bytes that a server reads of a body unless it was told otherwise; it hangs up where there are more. */
const USUAL_LIMIT = 32 * 1024 * 1024;

/** JSON in UTF-8, compressed where it is large, the server is elsewhere, and the runtime can. */
export async function bytesOf(content: Content, url: string): Promise<Bytes> {
  const plain = new TextEncoder().encode(await textOf(content)) as Uint8Array<ArrayBuffer>;
  const json = { 'content-type': 'application/json' };
  const problem = plain.length > USUAL_LIMIT ? tooLarge(plain.length) : undefined;
  if (plain.length < COMPRESS_FROM || isHere(url) || typeof CompressionStream === 'undefined')
    return { bytes: plain, headers: json, problem };
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return { bytes, headers: { ...json, 'content-encoding': 'gzip' }, problem };
}

async function textOf(content: Content): Promise<string> {
  if ('value' in content) return JSON.stringify(content.value);
  const turn = new TimeSlice();
  const texts: string[] = [];
  for (const item of content.items) {
    texts.push(JSON.stringify(item));
    if (turn.isOver()) await turn.next();
  }
  return `{${JSON.stringify(content.name)}:[${texts.join(',')}]}`;
}

function isHere(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
}

function tooLarge(length: number): OptrailError {
  const size = Math.ceil(length / 1_048_576);
  return new OptrailError('too_large', `The server did not take ${size} MiB at once; 32 MiB is the usual limit.`, {
    hint: 'Send it in several calls, or raise maxBodyBytes of the server.',
  });
}
