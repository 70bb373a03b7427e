import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/schemas/json.js';
import { contentOf } from '../../src/store/content.js';

const canonicalize = canonicalizeModule as unknown as (value: JsonValue) => string;

function sorted(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

test('the text is that of RFC 8785, in whatever order the keys come', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (any) => {
      const value = JSON.parse(JSON.stringify(any)) as JsonValue;
      const text = canonicalize(value);
      expect(contentOf(value)).toEqual({ text, hash: createHash('sha256').update(text).digest('hex') });
      expect(contentOf(sorted(value)).text).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test.each<[JsonValue, string]>([
  [{ '10': 1, '9': 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
  [{ b: [{ d: 1, c: -0 }], a: 1e21 }, '{"a":1e+21,"b":[{"c":0,"d":1}]}'],
  [{ '\u20ac': 1, '\ud83d\ude00': 2, '\ufb33': 3 }, '{"\u20ac":1,"\ud83d\ude00":2,"\ufb33":3}'],
])('%j is written %s', (value, text) => {
  expect(contentOf(value).text).toBe(text);
});
