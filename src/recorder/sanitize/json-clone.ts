import { type JsonObject, type JsonValue, MAX_JSON_DEPTH, MAX_JSON_LENGTH } from '../../schemas/json.js';
import { messageOf } from '../warnings.js';

/** Most values nested in one; copying more would hold up the optimizer's thread. */
const MAX_NODES = 500_000;

export interface Problem {
  /** Where, e.g. `samples[3].input.text`. */
  path: string;
  reason: string;
}

/** What stands in the place of a value that could not be stored. */
export function marker(reason: string, kind: 'dropped' | 'masked' = 'dropped'): JsonObject {
  return { $optrail: kind, reason };
}

const TOO_DEEP = Symbol('too deep');
class TooMuch extends Error {}

/**
 * Copies values as JSON, so that what changes later, or changes its mind, is not what is stored. Text is shared, not copied:
 * a batch of 1,000 samples takes a seventh of `JSON.stringify`. Whatever has no form in JSON (a circle, a getter that throws,
 * NaN, nesting over 64) is replaced by a marker in its own place, and named in `problems`.
 */
export class Snapshot {
  /** @param tells whether the text of an error that a value throws may be told: it may quote what a mask is to hide */
  constructor(private readonly tells = true) {}

  /** Values copied so far: the measure of the time taken. */
  nodes = 0;
  /** Characters that are held, roughly. */
  size = 0;
  problems: Problem[] = [];
  /** Which sample of the caller's list the values belong to, for the paths of problems. */
  sample: number | null = null;
  private trail: (string | number)[] = [];
  private open: object[] = [];
  private nodesBefore = 0;
  private sizeBefore = 0;

  copy(value: unknown, path: string): JsonValue | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length <= MAX_JSON_LENGTH) {
      this.nodes += 1;
      this.size += value.length;
      return value;
    }
    this.trail[0] = path;
    this.nodesBefore = this.nodes;
    this.sizeBefore = this.size;
    try {
      const copied = this.value(value, 0);
      return copied === TOO_DEEP ? this.refuse('is nested too deep') : copied;
    } catch (error) {
      this.trail = [path];
      this.open = [];
      if (!(error instanceof TooMuch)) throw error;
      this.size = this.sizeBefore;
      return this.refuse(error.message);
    }
  }

  /** Notes what was wrong with the value at a path. */
  report(path: string, reason: string): void {
    this.problems.push({ path: this.sample === null ? path : `samples[${this.sample}].${path}`, reason });
  }

  private value(value: unknown, depth: number): JsonValue | typeof TOO_DEEP {
    this.count();
    switch (typeof value) {
      case 'string':
        return this.measured(value);
      case 'number':
        this.size += 8;
        return Number.isFinite(value) ? value : this.refuse(`${value} has no form in JSON`);
      case 'boolean':
        return value;
      case 'bigint':
        return this.measured(value.toString());
      case 'object':
        if (value === null) return null;
        if (depth >= MAX_JSON_DEPTH) return TOO_DEEP;
        return this.container(value, depth);
      default:
        return this.refuse(`a ${typeof value} has no form in JSON`);
    }
  }

  private container(value: object, depth: number): JsonValue | typeof TOO_DEEP {
    if (this.open.includes(value)) return this.refuse('refers back to an object that holds it');
    const at = this.trail.length;
    this.open.push(value);
    try {
      if (Array.isArray(value)) return this.list(value, depth);
      if ('toJSON' in value && typeof value.toJSON === 'function') return this.value(value.toJSON(this.trail.at(-1) ?? ''), depth + 1);
      const prototype: unknown = Object.getPrototypeOf(value);
      return prototype === Object.prototype || prototype === null ? this.record(value, depth) : this.instance(value, depth);
    } catch (error) {
      if (error instanceof TooMuch) throw error;
      this.trail.length = at;
      return this.refuse(this.unreadable(error));
    } finally {
      this.open.pop();
    }
  }

  /** Built-in objects whose content `JSON.stringify` would lose without a word. */
  private instance(value: object, depth: number): JsonValue | typeof TOO_DEEP {
    if (value instanceof Map) return this.record(Object.fromEntries([...value].map(([key, item]) => [String(key), item])), depth);
    if (value instanceof Set) return this.list([...value], depth);
    if (value instanceof Error) return this.record({ ...value, name: value.name, message: value.message }, depth);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return this.list([...(value as Uint8Array)], depth);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return this.value(value.valueOf(), depth);
    return this.record(value, depth);
  }

  private list(value: unknown[], depth: number): JsonValue[] | JsonObject {
    const copy: JsonValue[] = [];
    this.size += 16;
    for (let index = 0; index < value.length; index += 1) {
      this.trail.push(index);
      const item = value[index];
      const copied = item === undefined || typeof item === 'function' || typeof item === 'symbol' ? null : this.value(item, depth + 1);
      this.trail.pop();
      if (copied === TOO_DEEP) return this.refuse(`is nested more than ${MAX_JSON_DEPTH} deep`);
      copy.push(copied);
    }
    return copy;
  }

  private record(value: object, depth: number): JsonObject {
    const copy: JsonObject = {};
    this.size += 16;
    for (const key of Object.keys(value)) {
      this.trail.push(key);
      const copied = this.member(value, key, depth);
      this.trail.pop();
      if (copied === undefined) continue;
      if (copied === TOO_DEEP) return this.refuse(`is nested more than ${MAX_JSON_DEPTH} deep`);
      this.size += key.length;
      // An assignment would call the setter of Object.prototype and lose the key.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, enumerable: true, configurable: true, writable: true });
      else copy[key] = copied;
    }
    return copy;
  }

  private member(holder: object, key: string, depth: number): JsonValue | undefined | typeof TOO_DEEP {
    let item: unknown;
    try {
      item = (holder as Record<string, unknown>)[key];
    } catch (error) {
      return this.refuse(this.unreadable(error));
    }
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') return undefined;
    return this.value(item, depth + 1);
  }

  private measured(text: string): string {
    this.size += text.length;
    if (this.size - this.sizeBefore > MAX_JSON_LENGTH) throw new TooMuch(`is longer than ${MAX_JSON_LENGTH} characters`);
    return text;
  }

  private count(): void {
    this.nodes += 1;
    if (this.nodes - this.nodesBefore > MAX_NODES) throw new TooMuch(`holds more than ${MAX_NODES} values`);
  }

  private unreadable(error: unknown): string {
    return this.tells ? `could not be read: ${messageOf(error)}` : 'could not be read';
  }

  private refuse(reason: string): JsonObject {
    const path = this.trail.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
    this.report(path, reason);
    return marker(reason);
  }
}
