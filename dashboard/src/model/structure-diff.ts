import { create } from 'jsondiffpatch';

/** A member of a program that is not prompt text and differs: a schema, a tool, a parameter. */
export interface StructureChange {
  readonly path: string;
  /** JSON of the member; null if it is not there on that side. */
  readonly before: string | null;
  readonly after: string | null;
}

// Texts are compared by word elsewhere: here they are equal or not.
const differ = create({ arrays: { detectMove: false }, textDiff: { minLength: Number.MAX_SAFE_INTEGER } as never });

/** The members that differ between two programs, apart from the texts that are shown as prompts. */
export function structureChanges(before: unknown, after: unknown, shownTexts: ReadonlySet<string>): readonly StructureChange[] {
  const changes: StructureChange[] = [];
  walk(differ.diff(before, after), [], changes, shownTexts);
  return changes;
}

function walk(delta: unknown, path: readonly string[], into: StructureChange[], shown: ReadonlySet<string>): void {
  if (delta === undefined || delta === null) return;
  if (Array.isArray(delta)) {
    const [was, is] = sidesOf(delta);
    if (isShown(was, shown) && isShown(is, shown)) return;
    into.push({ path: path.join('.'), before: textOf(was), after: textOf(is) });
    return;
  }
  if (typeof delta !== 'object') return;
  for (const [key, member] of Object.entries(delta)) {
    if (key !== '_t') walk(member, [...path, isOldPlace(key) ? key.slice(1) : key], into, shown);
  }
}

/** The value before and after, as jsondiffpatch writes an addition, a deletion or a change. */
function sidesOf(delta: readonly unknown[]): readonly [unknown, unknown] {
  if (delta.length === 1) return [undefined, delta[0]];
  return delta.length === 3 ? [delta[0], undefined] : [delta[0], delta[1]];
}

/** Whether a key is the place of an element that was taken out of a list: its index after an underscore. */
const isOldPlace = (key: string) => key.startsWith('_') && Number.isInteger(Number(key.slice(1)));

/** Whether a value is absent, or a text that a prompt's part already shows. */
const isShown = (value: unknown, shown: ReadonlySet<string>) => value === undefined || (typeof value === 'string' && shown.has(value));

const textOf = (value: unknown): string | null =>
  value === undefined ? null : (JSON.stringify(value, null, 1)?.replaceAll(/\n\s*/g, ' ') ?? null);
