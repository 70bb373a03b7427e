import { z } from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Deepest nesting of arrays and objects. The embedded engine returns nothing, and no error, some 6,500 deep. */
export const MAX_JSON_DEPTH = 64;
/** Most characters of one JSON value as text (32 Mi): a 16 MB prompt fits, a runaway does not. */
export const MAX_JSON_LENGTH = 32 * 1024 * 1024;

const NUL = String.fromCharCode(0);

/** Why PostgreSQL could not store this text, or null where it can. */
export function textProblem(text: string): string | null {
  if (text.includes(NUL)) return 'holds the NUL character, which PostgreSQL cannot store; remove it';
  if (!text.isWellFormed()) return 'holds half of a surrogate pair, which is not valid Unicode; use text.toWellFormed()';
  return null;
}

type Path = (string | number)[];
type Report = (path: Path, message: string) => void;

class Walk {
  private length = 0;
  private readonly open = new Set<object>();
  constructor(private readonly report: Report) {}

  copy(value: unknown, path: Path, depth: number): JsonValue | undefined {
    if (value === null || typeof value === 'boolean') return this.count(value, 5, path);
    if (typeof value === 'string') return this.text(value, path);
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return this.count(value, 24, path);
      return this.refuse(path, `${value} has no form in JSON; use null or a finite number`);
    }
    if (typeof value !== 'object') return this.refuse(path, `a ${typeof value} has no form in JSON`);
    if (depth >= MAX_JSON_DEPTH) return this.refuse(path, `is nested more than ${MAX_JSON_DEPTH} deep; flatten it or store it as text`);
    if (this.open.has(value)) return this.refuse(path, 'refers back to an object that holds it (a circle)');
    this.open.add(value);
    try {
      return this.container(value, path, depth);
    } catch (error) {
      return this.refuse(path, `could not be read: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.open.delete(value);
    }
  }

  private container(value: object, path: Path, depth: number): JsonValue | undefined {
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.copy(value.toJSON(path.at(-1) ?? ''), path, depth + 1);
    }
    if (Array.isArray(value)) {
      const items: JsonValue[] = [];
      for (let index = 0; index < value.length; index += 1) {
        const item: unknown = value[index];
        const copied = this.copy(item === undefined ? null : item, [...path, index], depth + 1);
        if (copied === undefined) return undefined;
        items.push(copied);
      }
      return this.count(items, 2 + items.length, path);
    }
    return this.object(value, path, depth);
  }

  private object(value: object, path: Path, depth: number): JsonObject | undefined {
    const copy: JsonObject = {};
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue;
      const problem = textProblem(key);
      if (problem !== null) return this.refuse([...path, key], `its name ${problem}`);
      const copied = this.copy(item, [...path, key], depth + 1);
      if (copied === undefined) return undefined;
      // An assignment would call the setter of Object.prototype for `__proto__` and lose the key.
      Object.defineProperty(copy, key, { value: copied, enumerable: true, configurable: true, writable: true });
      this.length += key.length + 4;
    }
    return this.count(copy, 2, path);
  }

  private text(value: string, path: Path): string | undefined {
    const problem = textProblem(value);
    return problem === null ? this.count(value, value.length + 2, path) : this.refuse(path, problem);
  }

  private count<T extends JsonValue>(value: T, length: number, path: Path): T | undefined {
    this.length += length;
    if (this.length <= MAX_JSON_LENGTH) return value;
    return this.refuse(path, `makes the JSON longer than ${MAX_JSON_LENGTH} characters; store a reference instead`);
  }

  private refuse(path: Path, message: string): undefined {
    this.report(path, message);
    return undefined;
  }
}

function copyOf(value: unknown, context: z.core.$RefinementCtx): JsonValue {
  const walk = new Walk((path, message) => context.addIssue({ code: 'custom', path, message }));
  return walk.copy(value, [], 0) ?? null;
}

/**
 * Any JSON value, taken as `JSON.stringify` would take it (dates become ISO text, `undefined` members go), and copied
 * once, so that a getter or `toJSON` that changes its mind cannot store what was not checked. Refused with the path:
 * depth over 64, more than 32 Mi characters, circles, NaN and infinities, bigints, NUL and lone surrogates.
 */
export const JsonValueSchema = z.unknown().transform((value, context): JsonValue => copyOf(value, context));

/** A JSON object: the same rules, and neither an array nor a plain value. */
export const JsonObjectSchema = z.unknown().transform((value, context): JsonObject => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    context.addIssue({ code: 'custom', message: 'must be an object' });
    return {};
  }
  return copyOf(value, context) as JsonObject;
});
