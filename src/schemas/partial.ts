/**
 * Lists that end early because their rows are large. The mark is of the very list: its reader goes on behind the last row, and need not
 * ask whether there are more rows otherwise.
 */
const PARTIAL = new WeakSet<readonly unknown[]>();

export function markPartial<T extends readonly unknown[]>(list: T): T {
  PARTIAL.add(list);
  return list;
}

export function isPartial(list: readonly unknown[]): boolean {
  return PARTIAL.has(list);
}
