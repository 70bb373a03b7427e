import { hash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { JsonValue } from '../schemas/json.js';

// The package is CommonJS: its types say the function is the module, Node says it is the default export.
const canonicalize = canonicalizeModule as unknown as (value: JsonValue) => string;

/** Content with its identity. */
export interface Content {
  /** SHA-256 of `text` in UTF-8, in lower-case hexadecimal. */
  hash: string;
  /** RFC 8785 (JSON Canonicalization Scheme): one text for all spellings of one value. */
  text: string;
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
