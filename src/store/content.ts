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
  const text = canonicalize(value);
  return { hash: hash('sha256', text, 'hex'), text };
}

/** Hexadecimal of a stored hash. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
