import * as z from 'zod';
import { OptrailError } from '../../errors.js';
import { validated } from '../../schemas/validate.js';
import { HttpRefusal } from './problem.js';

type Kind = 'text' | 'number' | 'boolean' | 'list' | 'json';

/** The kinds of a schema's parameters, derived once from the schema. */
const kinds = new WeakMap<z.ZodType, ReadonlyMap<string, Kind>>();

function kindsOf(schema: z.ZodType): ReadonlyMap<string, Kind> {
  const known = kinds.get(schema);
  if (known !== undefined) return known;
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const made = new Map(Object.entries(properties).map(([name, property]) => [name, kindOf(property)]));
  kinds.set(schema, made);
  return made;
}

function kindOf(property: z.core.JSONSchema._JSONSchema): Kind {
  if (typeof property === 'boolean') return 'text';
  const choices = [property, ...(property.anyOf ?? [])].map((each) => (typeof each === 'boolean' ? undefined : each.type));
  if (choices.includes('array')) return 'list';
  // A schema for any JSON has no type, at most a description.
  if (choices.includes('object') || Object.keys(property).every((key) => key === 'description')) return 'json';
  if (choices.includes('integer') || choices.includes('number')) return 'number';
  return choices.includes('boolean') ? 'boolean' : 'text';
}

/** The query parameters as a schema defines them. Rejects with `invalid_input` naming those that are unknown, given twice, or invalid. */
export function queryOf<T>(schema: z.ZodType<T>, url: string): T {
  const { searchParams } = new URL(url);
  const known = kindsOf(schema);
  const values = {};
  for (const name of new Set(searchParams.keys())) {
    const texts = searchParams.getAll(name);
    const kind = known.get(name) ?? 'text';
    // Not an assignment, which would lose the name `__proto__`.
    const value = kind === 'list' ? texts : read(texts[0] ?? '', kind);
    Object.defineProperty(values, name, { value, enumerable: true });
  }
  const twice = [...known].filter(([name, kind]) => kind !== 'list' && searchParams.getAll(name).length > 1);
  if (twice.length === 0) return validated(schema, values);
  const issues = twice.map(([path]) => ({ path, message: 'is given more than once' }));
  throw new OptrailError('invalid_input', issues.map(({ path, message }) => `${path}: ${message}`).join('; '), { issues });
}

/** The path parameters as a schema defines them. */
export function pathOf<T>(schema: z.ZodType<T>, texts: Readonly<Record<string, string>>): T {
  const known = kindsOf(schema);
  return validated(schema, Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, read(text, known.get(name) ?? 'text')])));
}

/** Text that does not parse as the parameter's kind stays text: the schema reports it. */
function read(text: string, kind: Kind): unknown {
  if (kind === 'number' && /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Rejects with 400 if the path or the query is not UTF-8. URLSearchParams would replace invalid bytes by U+FFFD, and another value would be
 * read or stored.
 */
export function assertUtf8(url: string): void {
  const { pathname, search } = new URL(url);
  for (const [part, text] of Object.entries({ path: pathname, query: search })) if (!isUtf8(text)) throw notUtf8(part);
}

function isUtf8(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}

function notUtf8(part: string): HttpRefusal {
  return new HttpRefusal(400, 'invalid_input', `The ${part} is not UTF-8, or holds a % that is not followed by two hexadecimal digits.`, {
    hint: 'Percent-encode the values, as encodeURIComponent does.',
  });
}
