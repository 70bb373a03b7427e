import { HttpRefusal } from './problem.js';

/** Most of each in one JSON text. Building values beyond them would hold the event loop for seconds. */
const MOST = {
  /** Nesting of arrays and objects. Values deeper than 64 are refused later, with their path. */
  depth: 32_768,
  /** Arrays and objects: a batch of 100,000 samples with inputs and outputs has some 400,000. */
  containers: 1_048_576,
  /** Members of all objects and elements of all arrays. */
  values: 4_000_000,
  /** Members of one object. V8 keeps more in a dictionary, at a microsecond each. */
  keys: 20_000,
};
/** Bytes of a text that cannot hold too much, whatever is in it. */
const HARMLESS = 64 * 1024;

const [QUOTE, COMMA, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 44, 58, 91, 92, 93, 123, 125];

/**
 * Counts the values that JSON text would build, before any is built: 1 to 2 ms a MiB. Rejects with `too_large` if it holds too many. The
 * text need not be valid: the parser tells that afterwards.
 */
export function assertBuildable(bytes: Uint8Array, what: string): void {
  if (bytes.length < HARMLESS) return;
  const count = new Count(what);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = stringEnd(bytes, at);
    // Half of all other bytes are digits, letters or spaces.
    else if (byte === COMMA || byte >= COLON) count.see(byte);
  }
}

class Count {
  private readonly keys = new Uint32Array(MOST.depth + 1);
  private depth = 0;
  private containers = 0;
  private values = 0;

  constructor(private readonly what: string) {}

  see(byte: number): void {
    if (byte === COMMA) this.value();
    else if (byte === COLON) this.key();
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.open();
    else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && this.depth > 0) this.depth -= 1;
  }

  private value(): void {
    this.values += 1;
    if (this.values > MOST.values) this.refuse(`${MOST.values} values`);
  }

  private key(): void {
    const keys = (this.keys[this.depth] ?? 0) + 1;
    this.keys[this.depth] = keys;
    if (keys > MOST.keys) this.refuse(`${MOST.keys} members in one object`);
  }

  private open(): void {
    this.containers += 1;
    this.depth += 1;
    if (this.containers > MOST.containers) this.refuse(`${MOST.containers} arrays and objects`);
    if (this.depth > MOST.depth) this.refuse(`${MOST.depth} levels of nesting`);
    this.keys[this.depth] = 0;
  }

  private refuse(limit: string): never {
    throw new HttpRefusal(413, 'too_large', `${this.what} holds more than ${limit}.`, { hint: 'Send less at once; nothing was stored.' });
  }
}

/** The index of the quote that ends a string, or the last index if there is none. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}
