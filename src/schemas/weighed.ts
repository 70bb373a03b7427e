/**
 * Lists of plain objects, copied as JSON already, and how many characters they hold at most: who gets such a list need not walk it to
 * find that out. It is known of the very list, so that nobody claims it of another by mistake.
 */
const WEIGHTS = new WeakMap<readonly unknown[], number>();

export function weighed<T extends readonly unknown[]>(list: T, characters: number): T {
  WEIGHTS.set(list, characters);
  return list;
}

/** Undefined where nothing is known of the list. */
export function weightOf(list: readonly unknown[]): number | undefined {
  return WEIGHTS.get(list);
}
