/**
 * A place among events: the text of a PostgreSQL snapshot, `xmin:xmax:running,running`. It sees every transaction below xmin, none from
 * xmax on, and between the two those that were not running any more. Of two snapshots of one server the later one sees all that the earlier one saw.
 */
export interface Position {
  text: string;
  min: bigint;
  max: bigint;
  running: ReadonlySet<bigint>;
}

/** Longer than any that a server with ten thousand connections gives out. */
const MOST_CHARACTERS = 200_000;
const FORM = /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/;

/** Reads a position that may come from anybody; null where no server gave it out. */
export function parsePosition(text: string): Position | null {
  if (text.length > MOST_CHARACTERS || !FORM.test(text)) return null;
  const [min = '', max = '', list = ''] = text.split(':');
  const running = list === '' ? [] : list.split(',').map(BigInt);
  const position = { text, min: BigInt(min), max: BigInt(max), running: new Set(running) };
  const isOrdered = running.every((one, index) => one >= position.min && one < position.max && one > (running[index - 1] ?? -1n));
  return position.min > 0n && position.min <= position.max && position.max < 2n ** 63n && isOrdered ? position : null;
}

/** Whether a reader at this position has had what the transaction wrote. */
export function sees(position: Position, transaction: bigint): boolean {
  if (transaction < position.min) return true;
  return transaction < position.max && !position.running.has(transaction);
}

/** The later of two positions of one server. */
export function later(one: Position, other: Position): Position {
  if (one.max !== other.max) return one.max > other.max ? one : other;
  // Nothing began in between, so that what still runs at the later one ran at the earlier one too.
  return one.running.size <= other.running.size ? one : other;
}
