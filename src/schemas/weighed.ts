/**
 * Upper bounds of the characters in lists of plain objects that are copies already: a reader need not walk such a list. The bound belongs to
 * the very list object, so that it cannot be claimed for another.
 */
const WEIGHTS = new WeakMap<readonly unknown[], number>();

export function weighed<T extends readonly unknown[]>(list: T, characters: number): T {
  WEIGHTS.set(list, characters);
  return list;
}

/** The bound of a list, or undefined if it is not known. */
export function weightOf(list: readonly unknown[]): number | undefined {
  return WEIGHTS.get(list);
}
