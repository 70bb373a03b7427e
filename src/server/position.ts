/**
 * A position among events: the text of a PostgreSQL snapshot, `xmin:xmax:running,running`. It includes every transaction below xmin, none
 * from xmax on, and those between that had ended. A later snapshot of one server includes all of an earlier one.
 */
export interface Position {
  text: string;
  min: bigint;
  max: bigint;
  running: ReadonlySet<bigint>;
}

/** Most characters of a position: a server with ten thousand connections stays below. */
const MOST_CHARACTERS = 200_000;
const FORM = /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/;

/** Parses a position from untrusted text; null if no server gave it out. */
export function parsePosition(text: string): Position | null {
  if (text.length > MOST_CHARACTERS || !FORM.test(text)) return null;
  const [min = '', max = '', list = ''] = text.split(':');
  const running = list === '' ? [] : list.split(',').map(BigInt);
  const position = { text, min: BigInt(min), max: BigInt(max), running: new Set(running) };
  const isOrdered = running.every((one, index) => one >= position.min && one < position.max && one > (running[index - 1] ?? -1n));
  return position.min > 0n && position.min <= position.max && position.max < 2n ** 63n && isOrdered ? position : null;
}

/** Whether a position includes a transaction. */
export function sees(position: Position, transaction: bigint): boolean {
  if (transaction < position.min) return true;
  return transaction < position.max && !position.running.has(transaction);
}

/** The later of two positions of one server. */
export function later(one: Position, other: Position): Position {
  if (one.max !== other.max) return one.max > other.max ? one : other;
  // With equal xmax no transaction began in between: the later snapshot has fewer running ones.
  return one.running.size <= other.running.size ? one : other;
}
