import type { CheckedInput } from './input.js';

/** Share of the baseline's examples that a program must be scored on; unjudged examples below that are left out for all. */
const NEARLY_COMPLETE = 0.8;

/** Scores that are compared: complete programs on shared examples, higher is better. */
export interface ComparedScores {
  /** Index of each row in the caller's scores; the baseline first. */
  programs: number[];
  rows: Float64Array[];
  /** Columns of the caller's scores that all rows share, in the order of `rows`. */
  examples: number[];
  /** Programs that lack examples of the baseline. */
  partial: number[];
  /** Scored examples of the baseline, or of another compared program, that are not shared. */
  leftOut: number;
  /** The two values of 0/1 scores; null for other scores. */
  values: [number, number] | null;
}

/**
 * Chooses programs and examples: never imputes. Rows and columns are put into an order of their own, so that the
 * order in which a caller lists them changes no figure.
 */
export function comparedScores(input: CheckedInput): ComparedScores {
  const { scores } = input;
  const base = scores[0] ?? [];
  const judged = [...base.keys()].filter((at) => !Number.isNaN(base[at]));
  const missing = scores.map((row) => judged.filter((at) => Number.isNaN(row[at])).length);
  const nearly = [...scores.keys()].filter(
    (k) => judged.length > 0 && (judged.length - (missing[k] ?? 0)) / judged.length >= NEARLY_COMPLETE,
  );
  const shared = judged.filter((at) => nearly.every((k) => !Number.isNaN(scores[k]?.[at])));
  const strict = shared.length < NEARLY_COMPLETE * judged.length;
  const programs = strict ? nearly.filter((k) => missing[k] === 0) : nearly;
  const examples = strict ? judged : shared;
  const compared = new Set(programs);
  const everywhere = [...base.keys()].filter((at) => programs.some((k) => !Number.isNaN(scores[k]?.[at]))).length;
  const rows = programs.map((k) => Float64Array.from(examples, (at) => input.sign * (scores[k]?.[at] ?? 0)));
  const values = twoValues(rows, input.tolerance);
  const columns = canonicalColumns(rows);
  return {
    programs,
    rows: rows.map((row) => Float64Array.from(columns, (at) => snapped(row[at] as number, values))),
    examples: columns.map((at) => examples[at] as number),
    partial: [...scores.keys()].filter((k) => k > 0 && !compared.has(k) && scores[k]?.some((score) => !Number.isNaN(score))),
    leftOut: everywhere - examples.length,
    values,
  };
}

const snapped = (value: number, values: readonly [number, number] | null) =>
  values === null ? value : value - values[0] <= values[1] - value ? values[0] : values[1];

/** The two values that occur, equal ones counted once; null if there are more. A single value counts as two. */
function twoValues(rows: readonly Float64Array[], tolerance: number): [number, number] | null {
  const low = rows.reduce((least, row) => row.reduce((a, b) => Math.min(a, b), least), Number.POSITIVE_INFINITY);
  const high = rows.reduce((most, row) => row.reduce((a, b) => Math.max(a, b), most), Number.NEGATIVE_INFINITY);
  if (low > high || rows.some((row) => row.some((each) => each - low > tolerance && high - each > tolerance))) return null;
  return high - low > tolerance ? [low, high] : [low, low + 1];
}

/** Columns by their scores, under an order of rows that depends on their content alone. */
function canonicalColumns(rows: readonly Float64Array[]): number[] {
  const width = rows[0]?.length ?? 0;
  const sums = new Float64Array(width);
  for (const row of rows) for (let at = 0; at < width; at++) sums[at] = (sums[at] as number) + (row[at] as number);
  // Sums of rounded terms depend on their order in the last digits; rounding takes these away.
  const rounded = sums.map((each) => Math.fround(each));
  const keys = rows.map((row) => signature(row, rounded, rows[0] as Float64Array));
  const order = [...rows.keys()].slice(1).sort((left, right) => byNumbers(keys[left] as number[], keys[right] as number[]));
  return [...Array(width).keys()].sort((left, right) => {
    for (const k of [0, ...order]) {
      const gap = (rows[k]?.[left] ?? 0) - (rows[k]?.[right] ?? 0);
      if (gap !== 0) return gap;
    }
    return 0;
  });
}

function signature(row: Float64Array, sums: Float64Array, base: Float64Array): number[] {
  let [own, weighted, squared, shared] = [0, 0, 0, 0];
  for (let at = 0; at < row.length; at++) {
    const [score, sum] = [row[at] as number, sums[at] as number];
    own += score;
    weighted += score * sum;
    squared += score * sum * sum;
    shared += score * (base[at] as number) * sum;
  }
  return [own, weighted, squared, shared].map((each) => Math.fround(each));
}

function byNumbers(left: readonly number[], right: readonly number[]): number {
  for (const [at, each] of left.entries()) {
    const gap = each - (right[at] ?? 0);
    if (gap !== 0) return gap;
  }
  return 0;
}
