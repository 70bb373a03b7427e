import type { SeededRandom } from './random.js';

/** Most bootstrap rounds, and most additions in all of them: 2e8 take about 0.2 s. */
const MOST_ROUNDS = 10_000;
const MOST_ADDITIONS = 2e8;
const FEWEST_ROUNDS = 200;

/**
 * Score to expect on new examples: each round draws examples with return, chooses the best program on them, and scores the
 * choice on the examples that were left out (Tsamardinos, Greasidou and Borboudakis 2018, bootstrap bias correction).
 */
export function expectedScore(rows: readonly Float64Array[], resamples: number, random: SeededRandom): number | null {
  const n = rows[0]?.length ?? 0;
  if (n < 2) return null;
  const affordable = Math.max(FEWEST_ROUNDS, Math.floor(MOST_ADDITIONS / (n * rows.length)));
  const rounds = Math.min(resamples, MOST_ROUNDS, affordable);
  const weights = new Int32Array(n);
  let [sum, counted] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    weights.fill(0);
    for (let draw = 0; draw < n; draw++) {
      const at = random.below(n);
      weights[at] = (weights[at] as number) + 1;
    }
    const left = leftOutScore(bestOf(rows, weights), weights);
    if (left === null) continue;
    sum += left;
    counted++;
  }
  return counted === 0 ? null : sum / counted;
}

function bestOf(rows: readonly Float64Array[], weights: Int32Array): Float64Array {
  let [best, top] = [rows[0] as Float64Array, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    let score = 0;
    for (let at = 0; at < row.length; at++) score += (row[at] as number) * (weights[at] as number);
    if (score > top + 1e-12 * Math.abs(top === Number.NEGATIVE_INFINITY ? 0 : top)) [best, top] = [row, score];
  }
  return best;
}

function leftOutScore(row: Float64Array, weights: Int32Array): number | null {
  let [sum, count] = [0, 0];
  for (let at = 0; at < row.length; at++) {
    if (weights[at] !== 0) continue;
    sum += row[at] as number;
    count++;
  }
  return count === 0 ? null : sum / count;
}
