import type { PairedDifference } from './pair.js';
import type { SeededRandom } from './random.js';

/** Examples whose signs one table look-up flips: 16 rows a table keep it in the processor's cache. */
const GROUP = 4;
const PATTERNS = 1 << GROUP;

export interface MaxT {
  /** Quantiles of the largest t in a world without differences. */
  c975: number;
  c95: number;
  /** p-value of the largest t that was seen. */
  p: number;
}

/**
 * Largest t of all candidates when the sign of each example is random. One sign holds for all candidates, so that their
 * correlation stays (Romano and Wolf 2005, with sign flips as the resampling).
 *
 * @param rows differences by candidate and example
 * @param pairs the same, summed up
 * @param seen largest t that was seen
 */
export function maxT(
  rows: readonly Float64Array[],
  pairs: readonly PairedDifference[],
  seen: number,
  resamples: number,
  random: SeededRandom,
): MaxT {
  const n = rows[0]?.length ?? 0;
  const tables = flipTables(rows, pairs, n);
  const studentize = pairs.map((pair, at) => studentizer(pair, rows[at] as Float64Array));
  const largest = new Float64Array(resamples);
  const sums = new Float64Array(rows.length);
  for (let round = 0; round < resamples; round++) {
    flip(tables, sums, random);
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < sums.length; k++) {
      // The rows are centred: half of the flipped sum is the sum over the examples that keep their sign.
      const t = (studentize[k] as Studentizer)(2 * (sums[k] ?? 0));
      if (t > top) top = t;
    }
    largest[round] = top;
  }
  let reached = 0;
  for (const each of largest) if (each >= seen - 1e-12) reached++;
  largest.sort();
  return { c975: quantileOf(largest, 0.975), c95: quantileOf(largest, 0.95), p: (1 + reached) / (resamples + 1) };
}

type Studentizer = (sum: number) => number;

/** t of a flipped row: the pseudo-examples of 0/1 scores count here as they do in the interval. */
function studentizer(pair: PairedDifference, row: Float64Array): Studentizer {
  let squares = 0;
  for (const each of row) squares += (each - pair.difference) ** 2;
  if (pair.binary) {
    const total = pair.n + 2;
    const power = (squares + 2 * pair.step * pair.step) / total;
    return (sum) => sum / total / Math.sqrt((power - (sum / total) ** 2) / total);
  }
  const { n, error } = pair;
  // A constant difference leaves only noise of rounding, which must not be studentized.
  if (squares <= (error * n) ** 2 * 1e-12 || squares === 0) return () => 0;
  return (sum) => {
    const spread = squares / n - (sum / n) ** 2;
    return spread <= 0 ? Math.sign(sum) * 1e9 : sum / n / Math.sqrt(spread / (n - 1));
  };
}

/** For each group of examples and each pattern of kept signs, the sum of the kept examples of each candidate. */
function flipTables(rows: readonly Float64Array[], pairs: readonly PairedDifference[], n: number): Float64Array[] {
  const tables: Float64Array[] = [];
  for (let start = 0; start < n; start += GROUP) {
    const table = new Float64Array(PATTERNS * rows.length);
    for (let pattern = 1; pattern < PATTERNS; pattern++) {
      const lowest = 31 - Math.clz32(pattern & -pattern);
      const from = (pattern & (pattern - 1)) * rows.length;
      for (const [k, row] of rows.entries()) {
        const at = start + lowest;
        const value = at < n ? (row[at] ?? 0) - (pairs[k]?.difference ?? 0) : 0;
        table[pattern * rows.length + k] = (table[from + k] ?? 0) + value;
      }
    }
    tables.push(table);
  }
  return tables;
}

function flip(tables: readonly Float64Array[], sums: Float64Array, random: SeededRandom): void {
  sums.fill(0);
  const count = sums.length;
  let [bits, left] = [0, 0];
  for (const table of tables) {
    if (left < GROUP) [bits, left] = [random.bits(), 32];
    const from = (bits & (PATTERNS - 1)) * count;
    bits >>>= GROUP;
    left -= GROUP;
    for (let k = 0; k < count; k++) sums[k] = (sums[k] as number) + (table[from + k] as number);
  }
}

function quantileOf(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
