import { OptrailError } from '../errors.js';

/** The letters of a name, for run_name and runName alike. */
const letters = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();

/**
 * The known name that a misspelt one probably stands for: another spelling of it, or at most two letters changed, added, left out or
 * swapped. Undefined if none is near.
 */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const wanted = letters(given.slice(0, 100));
  let closest: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = distanceBetween(wanted, letters(name));
    if (closest === undefined || distance < closest.distance) closest = { name, distance };
  }
  const most = Math.min(2, Math.floor(wanted.length / 3));
  return closest !== undefined && closest.distance <= most ? closest.name : undefined;
}

/** Edits between two texts, a swap of neighbours counting as one. */
function distanceBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const edits = [(last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1)];
      next.push(Math.min(...edits, isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY));
    }
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}

/** Rejects with `not_configured` if options hold a name that the function does not take. */
export function assertOptionNames(options: object, names: readonly string[], takes: string): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const meant = closestName(name, names);
    throw new OptrailError('not_configured', `${takes} does not take the option ${JSON.stringify(name.slice(0, 100))}.`, {
      path: name.slice(0, 100),
      hint: meant === undefined ? `Its options are ${names.join(', ')}.` : `Did you mean ${meant}?`,
    });
  }
}
