import { OptrailError } from '../../errors.js';
import { TimeSlice } from '../../schemas/time-slice.js';

/** The body of a request: a value, or a named list that is written in slices. */
export type Content = { value: unknown } | { name: string; items: readonly unknown[] };

interface Bytes {
  bytes: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
  /** The likely cause if the server closes the connection during the upload. */
  problem: OptrailError | undefined;
}

/** Bytes from which on a body is compressed for a server elsewhere. */
const COMPRESS_FROM = 64 * 1024;
/** The server's usual limit of bodies, in bytes; it closes the connection beyond it. */
const USUAL_LIMIT = 32 * 1024 * 1024;

/** JSON in UTF-8, compressed if it is large, the server is elsewhere, and the runtime supports it. */
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
