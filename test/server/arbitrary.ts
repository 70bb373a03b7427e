import fc from 'fast-check';
import type { JsonSchema, OpenApiDocument } from '../../src/server/openapi-types.js';

/** Values that come where something else was asked for. */
const STRANGERS = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  1e300,
  Number.MAX_SAFE_INTEGER,
  '',
  'NaN',
  '../../etc/passwd',
  "'; drop table optimization_runs; --",
  '%_\\',
  '\u0000',
  '\ud800',
  '<script>alert(1)</script>',
  'x'.repeat(300),
  [],
  {},
  [[[1]]],
  { __proto__: 1, constructor: 2 },
);

/** What a schema of the document asks for, and now and then something else. */
export function anyOf(document: OpenApiDocument, schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  const asked = askedBy(document, schema, depth);
  return fc.oneof({ weight: 12, arbitrary: asked }, { weight: 1, arbitrary: STRANGERS });
}

function askedBy(document: OpenApiDocument, schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string')
    return askedBy(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, depth);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((each) => askedBy(document, each as JsonSchema, depth)));
  if (schema.contentSchema !== undefined) return linesOf(document, schema.contentSchema as JsonSchema);
  if (schema.type === 'object') return objectOf(document, schema, depth);
  if (schema.type === 'array') {
    return fc.array(anyOf(document, (schema.items ?? {}) as JsonSchema, depth + 1), {
      maxLength: 3,
      minLength: Number(schema.minItems ?? 0),
    });
  }
  return plainOf(schema);
}

function plainOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const [min, max] = [Number(schema.minimum ?? -1e6), Number(schema.maximum ?? 1e6)];
  if (schema.type === 'integer') return fc.oneof(fc.integer({ min: Math.max(min, 0), max: 5 }), fc.constantFrom(min, max));
  if (schema.type === 'number')
    return fc.oneof(fc.double({ min: Math.max(min, -1e6), max: Math.min(max, 1e6), noNaN: true }), fc.constantFrom(min, max));
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type !== 'string') return fc.jsonValue({ maxDepth: 3 });
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time')
    return fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => text.length <= 100);
  return fc.string({ minLength: Number(schema.minLength ?? 0), maxLength: 20, unit: 'grapheme' });
}

function objectOf(document: OpenApiDocument, schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, JsonSchema>; required?: string[] };
  const names = Object.keys(properties);
  if (names.length === 0) return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  const optional = names.filter((name) => !required.includes(name));
  // A few of the many that may be left out, so that not every request fails by one of them.
  return fc
    .subarray(optional, { maxLength: Math.min(4, optional.length) })
    .chain((some) =>
      fc.record(Object.fromEntries([...required, ...some].map((name) => [name, anyOf(document, properties[name] ?? {}, depth + 1)]))),
    );
}

function linesOf(document: OpenApiDocument, line: JsonSchema): fc.Arbitrary<string> {
  return fc.array(anyOf(document, line), { maxLength: 3 }).map((values) => values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}
