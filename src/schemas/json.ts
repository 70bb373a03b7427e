import * as z from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Deepest nesting of arrays and objects. The embedded engine returns nothing, and no error, some 6,500 deep. */
export const MAX_JSON_DEPTH = 64;
/** Most characters of one JSON value as text (32 Mi): a 16 MB prompt fits, a runaway does not. */
export const MAX_JSON_LENGTH = 32 * 1024 * 1024;

const NUL = String.fromCharCode(0);

/** The reason why PostgreSQL cannot store a text, or null. */
export function textProblem(text: string): string | null {
  if (text.includes(NUL)) return 'holds the NUL character, which PostgreSQL cannot store; remove it';
  if (!text.isWellFormed()) return 'holds half of a surrogate pair, which is not valid Unicode; use text.toWellFormed()';
  return null;
}

type Key = string | number;

/** Ends the walk at the first problem; the path of the walk is then the problem's. */
class Refusal extends Error {}

class Walk {
  private length = 0;
  private readonly path: Key[] = [];
  /** The enclosing objects, outermost first. */
  private readonly open: object[] = [];

  copy(value: unknown): JsonValue {
    if (typeof value === 'string') return this.text(value);
    if (value === null || typeof value === 'boolean') return this.count(value, 5);
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return this.count(value, 24);
      throw new Refusal(`${value} has no form in JSON; use null or a finite number`);
    }
    if (typeof value !== 'object') throw new Refusal(`a ${typeof value} has no form in JSON`);
    this.open.push(value);
    if (this.open.length > MAX_JSON_DEPTH) this.refuseDepth();
    const copied = this.container(value);
    this.open.pop();
    return copied;
  }

  /** Refuses the depth. A circle is detected only here, at the depth limit, so that values without one pay nothing. */
  private refuseDepth(): never {
    const again = this.open.findIndex((value, depth) => this.open.indexOf(value) < depth);
    if (again < 0) throw new Refusal(`is nested more than ${MAX_JSON_DEPTH} deep; flatten it or store it as text`);
    this.path.length = Math.min(again, this.path.length);
    throw new Refusal('refers back to an object that holds it (a circle)');
  }

  /** The path of the refused value. */
  where(): Key[] {
    return [...this.path];
  }

  private container(value: object): JsonValue {
    if ('toJSON' in value && typeof value.toJSON === 'function') return this.copy(value.toJSON(String(this.path.at(-1) ?? '')));
    return Array.isArray(value) ? this.array(value) : this.object(value);
  }

  private array(value: readonly unknown[]): JsonValue[] {
    const items: JsonValue[] = [];
    for (let index = 0; index < value.length; index += 1) items.push(this.at(index, value[index] ?? null));
    return this.count(items, 2 + items.length);
  }

  private object(value: object): JsonObject {
    const copy: JsonObject = {};
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue;
      const problem = textProblem(key);
      if (problem !== null) this.path.push(key);
      if (problem !== null) throw new Refusal(`its name ${problem}`);
      const copied = this.at(key, item);
      // An assignment would call the setter of Object.prototype for `__proto__` and lose the key.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, enumerable: true, configurable: true, writable: true });
      else copy[key] = copied;
      this.length += key.length + 4;
    }
    return this.count(copy, 2);
  }

  private at(key: Key, value: unknown): JsonValue {
    this.path.push(key);
    const copied = this.copy(value);
    this.path.pop();
    return copied;
  }

  private text(value: string): string {
    const problem = textProblem(value);
    if (problem !== null) throw new Refusal(problem);
    return this.count(value, value.length + 2);
  }

  private count<T extends JsonValue>(value: T, length: number): T {
    this.length += length;
    if (this.length <= MAX_JSON_LENGTH) return value;
    throw new Refusal(`makes the JSON longer than ${MAX_JSON_LENGTH} characters; store a reference instead`);
  }
}

function copyOf(value: unknown, context: z.core.$RefinementCtx): JsonValue {
  const walk = new Walk();
  try {
    return walk.copy(value);
  } catch (error) {
    // A getter or toJSON of the caller may throw too.
    const message =
      error instanceof Refusal ? error.message : `could not be read: ${error instanceof Error ? error.message : String(error)}`;
    context.addIssue({ code: 'custom', path: walk.where(), message });
    return null;
  }
}

/** A copy as JsonValueSchema makes it, or undefined if the schema refuses the value. */
export function jsonCopy(value: unknown): JsonValue | undefined {
  try {
    return new Walk().copy(value);
  } catch {
    return undefined;
  }
}

/**
 * Any JSON value, taken as `JSON.stringify` would take it (dates become ISO text, `undefined` members go), and copied
 * once, so that a getter or `toJSON` with changing results cannot store an unchecked value. Refused with the path:
 * depth over 64, more than 32 Mi characters, circles, NaN and infinities, bigints, NUL and lone surrogates.
 */
export const JsonValueSchema = z.unknown().transform((value, context): JsonValue => copyOf(value, context));

/** A JSON object; `T` is the type for callers. */
export function jsonObject<T extends object>() {
  return (z.unknown() as unknown as z.ZodType<T, T>).transform((value: unknown, context): JsonObject => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      context.addIssue({ code: 'custom', message: 'must be an object' });
      return {};
    }
    return copyOf(value, context) as JsonObject;
  });
}

/** A JSON object: the same rules, and neither an array nor a plain value. */
export const JsonObjectSchema = jsonObject<object>();
