import { hash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { JsonValue } from '../schemas/json.js';

// The package is CommonJS: its types say the function is the module, Node says it is the default export.
const canonicalize = canonicalizeModule as unknown as (value: JsonValue) => string;

/** Content with its identity. */
export interface Content {
  /** SHA-256 of `text` in UTF-8, in lower-case hexadecimal. */
  hash: string;
  /** A program's text as recorded; an example's RFC 8785 text (JSON Canonicalization Scheme), which is one for all spellings of a value. */
  text: string;
}

/** The program's text as its caller gave it, or as JSON.stringify writes the value; null if neither is given. */
export function programContent({
  program,
  programText,
}: {
  program?: JsonValue | undefined;
  programText?: string | undefined;
}): Content | null {
  const text = programText ?? (program === undefined ? undefined : JSON.stringify(program));
  return text === undefined ? null : { hash: hash('sha256', text, 'hex'), text };
}

export function contentOf(value: JsonValue): Content {
  const text = isInOrder(value) ? JSON.stringify(value) : canonicalize(value);
  return { hash: hash('sha256', text, 'hex'), text };
}

/** Whether all keys ascend as RFC 8785 orders them: then JSON.stringify, whose spelling it took over, gives its text in half the time. */
function isInOrder(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let last: string | undefined;
  for (const key of Object.keys(value)) {
    if (last !== undefined && key <= last) return false;
    if (!isInOrder(value[key] ?? null)) return false;
    last = key;
  }
  return true;
}

/** Hexadecimal of a stored hash. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
