const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const LETTERS = ['_', '.', '-', ':', '=', '+', '*', '#'];

export interface SparklineOptions {
  /** Most characters; of several values that share one, the last is shown. */
  width?: number;
  /** For terminals without Unicode. */
  ascii?: boolean;
}

/** A curve as one line of blocks, the lowest value the lowest block; a space where there is no value yet. */
export function sparkline(values: readonly (number | null)[], { width = 60, ascii = false }: SparklineOptions = {}): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return '';
  const low = known.reduce((one, other) => Math.min(one, other));
  const high = known.reduce((one, other) => Math.max(one, other));
  const levels = ascii ? LETTERS : BLOCKS;
  const level = (value: number) => (high === low ? 0 : Math.round(((value - low) / (high - low)) * (levels.length - 1)));
  const shown = values.length <= width ? values : shrink(values, width);
  return shown.map((value) => (value === null ? ' ' : levels[level(value)])).join('');
}

function shrink(values: readonly (number | null)[], width: number): (number | null)[] {
  return Array.from({ length: width }, (_, place) => values[Math.ceil(((place + 1) * values.length) / width) - 1] ?? null);
}
