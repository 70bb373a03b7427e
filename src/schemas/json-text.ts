import * as z from 'zod';
import { JsonValueSchema, MAX_JSON_LENGTH } from './json.js';

/** Largest power of ten of a number, either way. PostgreSQL would write out every digit of a larger one. */
const MAX_EXPONENT = 400;
const LONG_EXPONENT = /\d[eE][+-]?\d{3,}/;
const QUOTE = '"';

/** The ranges of a JSON text that are outside of its strings. */
function* outsideStrings(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const open = text.indexOf(QUOTE, from);
    yield text.slice(from, open < 0 ? text.length : open);
    if (open < 0) return;
    let end = open + 1;
    while (text[end] !== QUOTE) end += text[end] === '\\' ? 2 : 1;
    from = end + 1;
  }
}

function hasHugeExponent(text: string): boolean {
  // Most texts have no such digits at all, so that their strings need not be skipped one by one.
  if (!LONG_EXPONENT.test(text)) return false;
  for (const part of outsideStrings(text)) {
    for (const [, exponent] of part.matchAll(/[eE]([+-]?\d+)/g)) if (Math.abs(Number(exponent)) > MAX_EXPONENT) return true;
  }
  return false;
}

/** The reason why a text is not JSON that can be stored, or null. */
function jsonTextProblem(text: string): string | null {
  if (text.length > MAX_JSON_LENGTH) return `is longer than ${MAX_JSON_LENGTH} characters; store a reference instead`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const refused = JsonValueSchema.safeParse(value).error?.issues[0];
  if (refused !== undefined) return `holds a value that cannot be stored at ${JSON.stringify(refused.path)}: ${refused.message}`;
  return hasHugeExponent(text) ? `holds a number beyond 1e${MAX_EXPONENT} or 1e-${MAX_EXPONENT}; write it as text` : null;
}

/** JSON as text, kept byte for byte: order of keys, form of numbers, white space. The limits are those of JsonValueSchema. */
export const JsonTextSchema = z.string().superRefine((text, context) => {
  const message = jsonTextProblem(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
