import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isOptrailError, OptrailError } from '../../errors.js';
import { jsonErrorPosition } from './json-position.js';
import { assertBuildable } from './json-scan.js';
import { HttpRefusal } from './problem.js';

/** Largest body that is read whole, in bytes, decompressed. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Largest body of lines, as a multiple of the above: it is never held whole. */
const LINES_FACTOR = 32;
/** Bytes that a compressed body may decompress to whatever its size, and beyond them the most bytes for each compressed one. */
const RATIO = { free: 2 * 1024 * 1024, most: 200 };
/** Bytes of a body for which no room is reserved. */
const SMALL = 1024 * 1024;
/** Bytes that a compressed body is expected to have for each compressed one. */
const EXPECTED_RATIO = 20;
/** Longest text whose syntax error is located, in characters: the search costs 0.1 ms a KiB. */
const LOCATED = 256 * 1024;

/** Decoders by content encoding. A Map, since an object inherits names like `constructor`. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

export const JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';

/** The media type of a body, without its parameters. Rejects with 415 if the charset is not UTF-8. */
export function mediaTypeOf(request: Request): string {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new HttpRefusal(415, 'invalid_input', `A body must be UTF-8, and not ${charset.slice(8)}.`, { path: 'content-type' });
  }
  return type.trim();
}

/**
 * The bytes of a body as they come, decompressed. Rejects with `too_large` before more than `limit` of them were given, and with `aborted`
 * if the rest does not come in time.
 */
async function* bytesOf(request: Request, limit: number, signal: AbortSignal, reserve?: Reserve): AsyncGenerator<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limit) throw tooLarge(limit);
  if (request.body === null) return;
  let length = 0;
  try {
    for await (const chunk of decoded(request, request.body, signal)) {
      length += chunk.length;
      if (length > limit) throw tooLarge(limit);
      if (length > SMALL && length - chunk.length <= SMALL) await reserve?.(expectedBytes(request, limit));
      yield chunk;
    }
  } catch (error) {
    if (isOptrailError(error)) throw error;
    throw isOptrailError(signal.reason) ? signal.reason : brokenOff(error);
  }
}

function brokenOff(cause: unknown): OptrailError {
  return new OptrailError('aborted', 'The body broke off.', { retryable: true, cause });
}

async function* decoded(request: Request, body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = Readable.fromWeb(body as import('node:stream/web').ReadableStream, { signal });
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const makeDecoder = DECODERS.get(encoding);
  if (makeDecoder === undefined && encoding !== 'identity') {
    throw new HttpRefusal(415, 'invalid_input', `The content encoding ${JSON.stringify(encoding.slice(0, 40))} is not supported.`, {
      path: 'content-encoding',
      hint: 'Use gzip, deflate or br, or none.',
      headers: { 'accept-encoding': 'gzip, deflate, br' },
    });
  }
  if (makeDecoder === undefined) return yield* source as AsyncIterable<Uint8Array>;
  const decoder = makeDecoder();
  let compressed = 0;
  source.on('error', (error) => decoder.destroy(error));
  source.on('data', (chunk: Uint8Array) => {
    compressed += chunk.length;
  });
  let length = 0;
  try {
    for await (const chunk of source.pipe(decoder) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > RATIO.free && length > compressed * RATIO.most) throw tooDense(encoding);
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted || isOptrailError(error)) throw error;
    throw new HttpRefusal(400, 'invalid_input', `The body is not ${encoding}, as its Content-Encoding says.`, { cause: error });
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

/** Waits until a body of so many bytes may be held. */
export type Reserve = (bytes: number) => Promise<void>;

/** Bytes that a body of undeclared length, or a compressed one, is expected to take; the limit if that is unknown. */
function expectedBytes({ headers }: Request, limit: number): number {
  const declared = headers.get('content-length');
  return declared === null ? limit : Math.min(limit, Math.max(4 * SMALL, Number(declared) * EXPECTED_RATIO));
}

/** The JSON of a body, for which room is reserved if it is large. Rejects with 413, 415, or 400 with the place of the syntax error; the text is never part of an error. */
export async function jsonOf(request: Request, limit: number, signal: AbortSignal, reserve: Reserve): Promise<unknown> {
  const type = mediaTypeOf(request);
  const declared = declaredLength(request);
  if (declared === undefined ? request.body === null : declared === 0) return undefined;
  if (type !== JSON_TYPE && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new HttpRefusal(415, 'invalid_input', `The body must be ${JSON_TYPE}${type === '' ? '' : `, and not ${type.slice(0, 80)}`}.`, {
      path: 'content-type',
      headers: { accept: JSON_TYPE },
    });
  }
  // A web stream costs more than the rest of a small request; a body of declared length needs none to be bounded.
  const isBounded = declared !== undefined && declared <= limit && !request.headers.has('content-encoding');
  if (isBounded && declared > SMALL) await reserve(declared);
  return parseJson(isBounded ? await wholeOf(request, signal) : await joined(bytesOf(request, limit, signal, reserve)));
}

/** The Content-Length, which the HTTP parser enforces, or undefined. */
function declaredLength(request: Request): number | undefined {
  const length = request.headers.get('content-length');
  return length === null ? undefined : Number(length);
}

async function wholeOf(request: Request, signal: AbortSignal): Promise<Uint8Array> {
  const late = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    return new Uint8Array(await Promise.race([request.arrayBuffer(), late]));
  } catch (error) {
    throw isOptrailError(error) ? error : brokenOff(error);
  }
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Bytes as JSON, or undefined if there are none. Rejects with `too_large` before anything is built from a text that holds too much. */
export function parseJson(bytes: Uint8Array, line?: number): unknown {
  if (bytes.length === 0) return undefined;
  const what = line === undefined ? 'The body' : `Line ${line}`;
  assertBuildable(bytes, what);
  const text = utf8Of(bytes, line);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpRefusal(400, 'invalid_input', `${what} is not JSON${text.length > LOCATED ? '' : `: ${placeOf(text)}`}.`);
  }
}

function placeOf(text: string): string {
  const at = jsonErrorPosition(text);
  return at >= text.length ? 'it ends too early' : `at character ${at + 1}`;
}

function utf8Of(bytes: Uint8Array, line: number | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpRefusal(400, 'invalid_input', `${line === undefined ? 'The body' : `Line ${line}`} is not UTF-8.`);
  }
}

function tooLarge(limit: number): HttpRefusal {
  const size = limit % 1_048_576 === 0 ? `${limit / 1_048_576} MiB` : `${limit} bytes`;
  return new HttpRefusal(413, 'too_large', `The body is larger than ${size}.`, {
    hint: `Send less at once, or many rows as ${NDJSON_TYPE}, a row a line.`,
  });
}

function tooDense(encoding: string): HttpRefusal {
  return new HttpRefusal(413, 'too_large', `The body decompresses to more than ${RATIO.most} times its size.`, {
    path: 'content-encoding',
    hint: `Send it without ${encoding}, or less at once.`,
  });
}

/**
 * The lines of an NDJSON body, empty ones too, as they come. A line is held whole and has the limit of a body; a byte order mark and a
 * missing end of the last line are accepted.
 */
export async function* linesOf(request: Request, limit: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const line = new LineBuffer(limit);
  for await (const chunk of bytesOf(request, limit * LINES_FACTOR, signal)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield line.end(chunk.subarray(from, end));
      from = end + 1;
    }
    line.add(chunk.subarray(from));
  }
  const last = line.end(new Uint8Array());
  if (last.length > 0) yield last;
}

class LineBuffer {
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly limit: number) {}

  add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length > this.limit) throw tooLarge(this.limit);
    // A copy: a decoder may reuse its chunk.
    if (part.length > 0) this.parts.push(Uint8Array.from(part));
  }

  end(part: Uint8Array): Uint8Array {
    this.add(part);
    const line = this.parts.length === 1 ? (this.parts[0] as Uint8Array) : Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    return line.at(-1) === 13 ? line.subarray(0, -1) : line;
  }
}
