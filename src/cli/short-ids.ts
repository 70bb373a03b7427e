/** A v7 id begins with the millisecond of its making: so many characters tell two runs apart that a person starts. */
const MILLISECOND = 13;
const SHORTEST = 8;

/** A hash without the name of its algorithm. */
export function digitsOf(hash: string): string {
  return hash.slice(hash.indexOf(':') + 1);
}

/** Each id cut to where it differs from every other one in the list. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort();
  const lengths = new Map(
    sorted.map((id, place) => [
      id,
      Math.max(SHORTEST, ...[sorted[place - 1], sorted[place + 1]].map((other) => 1 + sharedLength(id, other))),
    ]),
  );
  return (id) => {
    const length = lengths.get(id) ?? id.length;
    // A dash at the end would be copied, or not.
    return id.slice(0, id[length - 1] === '-' ? length + 1 : length);
  };
}

function sharedLength(one: string, other = ''): number {
  let length = 0;
  while (length < other.length && one[length] === other[length]) length += 1;
  return length;
}

/** An id for a command to type next. */
export function typedId(id: string): string {
  return id.slice(0, MILLISECOND);
}
