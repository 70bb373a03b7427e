import { MAX_JSON_DEPTH } from '../../schemas/json.js';
import { TimeSlice } from '../../schemas/time-slice.js';
import { weightOf } from '../../schemas/weighed.js';

/** Most samples, and most characters, that go to another thread at once: copying them there holds this one. */
const MOST = { samples: 500, characters: 2 * 1024 * 1024 };

/** Deepest nesting of a sample, its own object included. */
const DEPTH = MAX_JSON_DEPTH + 1;

/** Samples that are looked at to know how long the others are. */
const LOOKS = 20;

/** About how many characters a batch holds. */
export function charactersAbout(batch: readonly unknown[]): number {
  const characters = weightOf(batch);
  if (characters !== undefined) return characters;
  const scale = new Scale();
  const step = Math.ceil(batch.length / LOOKS);
  let looks = 0;
  for (let index = 0; index < batch.length; index += step) {
    scale.put(batch[index]);
    looks += 1;
  }
  return looks === 0 ? 0 : (scale.characters / looks) * batch.length;
}

/**
 * A batch in the parts that go to another thread. Null where a sample holds what would arrive as something else, or not at all: a
 * function, an object with a prototype of its own, nesting without end.
 */
export async function partsOf(batch: readonly unknown[]): Promise<unknown[][] | null> {
  const characters = weightOf(batch);
  if (characters === undefined) return weighedParts(batch);
  const count = Math.max(1, Math.ceil(batch.length / MOST.samples), Math.ceil(characters / MOST.characters));
  const length = Math.ceil(batch.length / count);
  return Array.from({ length: count }, (_, part) => batch.slice(part * length, (part + 1) * length));
}

async function weighedParts(batch: readonly unknown[]): Promise<unknown[][] | null> {
  const scale = new Scale();
  const turn = new TimeSlice();
  const parts: unknown[][] = [];
  let [first, weight] = [0, 0];
  for (const [index, sample] of batch.entries()) {
    if (!scale.put(sample)) return null;
    const next = index + 1;
    if (next - first === MOST.samples || scale.characters - weight > MOST.characters || next === batch.length) {
      parts.push(batch.slice(first, next));
      [first, weight] = [next, scale.characters];
    }
    if (turn.isOver()) await turn.next();
  }
  return parts;
}

class Scale {
  characters = 0;

  /** Whether the sample arrives as it is. */
  put(sample: unknown): boolean {
    try {
      return this.add(sample, 0);
    } catch {
      // A getter of the caller's own.
      return false;
    }
  }

  private add(value: unknown, depth: number): boolean {
    if (typeof value === 'string') {
      this.characters += value.length;
      return true;
    }
    if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
    if (depth > DEPTH) return false;
    return Array.isArray(value) ? this.list(value, depth + 1) : this.record(value, depth + 1);
  }

  private list(values: readonly unknown[], depth: number): boolean {
    for (let index = 0; index < values.length; index += 1) if (!this.add(values[index], depth)) return false;
    return true;
  }

  private record(value: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    for (const key in value) if (!this.add((value as Record<string, unknown>)[key], depth)) return false;
    return true;
  }
}
