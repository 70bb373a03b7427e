import { fairTail, normalQuantile, studentQuantile, studentTail } from './distributions.js';

/** A comparison of two programs on shared examples; positive differences are better. */
export interface PairedDifference {
  n: number;
  better: number;
  worse: number;
  /** Mean difference over the shared examples. */
  difference: number;
  /** Centre of the interval: pseudo-examples draw it towards zero for 0/1 scores. */
  centre: number;
  /** Standard error of the centre. */
  error: number;
  /** Whether only two values occur, `step` apart. */
  binary: boolean;
  /** Distance of the two values of 0/1 scores; 1 for other scores. */
  step: number;
}

/** Counts and moments of paired differences. Scores are 0/1 if `step` is given: differences are then 0 or ±step. */
export function pairedDifference(differences: ArrayLike<number>, step: number | null, tolerance: number): PairedDifference {
  const n = differences.length;
  let [better, worse, sum, squares] = [0, 0, 0, 0];
  for (let at = 0; at < n; at++) {
    const each = differences[at] ?? 0;
    if (each > tolerance) better++;
    else if (each < -tolerance) worse++;
    sum += each;
    squares += each * each;
  }
  const difference = n === 0 ? 0 : sum / n;
  if (step !== null) return { n, better, worse, difference, ...bonettPrice(better, worse, n, step), binary: true, step };
  const variance = n < 2 ? 0 : Math.max(0, squares - n * difference * difference) / (n - 1);
  // A constant difference has no spread; the tolerance keeps the error above zero.
  const error = Math.max(Math.sqrt(variance / Math.max(1, n)), tolerance);
  return { n, better, worse, difference, centre: difference, error, binary: false, step: 1 };
}

/**
 * Bonett and Price (2012): a Wald interval of paired proportions after adding one example that got better and one that got worse.
 * It keeps its coverage on few examples.
 */
function bonettPrice(better: number, worse: number, n: number, step: number): { centre: number; error: number } {
  const total = n + 2;
  const [up, down] = [(better + 1) / total, (worse + 1) / total];
  const error = Math.sqrt((up + down - (up - down) ** 2) / total);
  return { centre: (up - down) * step, error: error * step };
}

/** Quantile that turns the standard error into a limit: normal for 0/1 scores, Student's t otherwise. */
export function limitQuantile(pair: Pick<PairedDifference, 'n' | 'binary'>, probability: number): number {
  if (pair.binary) return normalQuantile(probability);
  return pair.n < 2 ? Number.POSITIVE_INFINITY : studentQuantile(probability, pair.n - 1);
}

/** Limits of the difference with `alpha` in each tail. */
export function pairInterval(pair: PairedDifference, alpha: number): [number, number] {
  const half = limitQuantile(pair, 1 - alpha) * pair.error;
  return [pair.centre - half, pair.centre + half];
}

/** One-sided p-value that the candidate is better: the exact sign test for 0/1 scores, Student's t otherwise. */
export function betterTail(pair: PairedDifference): number {
  if (pair.binary) return fairTail(pair.better, pair.better + pair.worse);
  return pair.n < 2 ? 1 : studentTail(pair.centre / pair.error, pair.n - 1);
}

/** One-sided p-value that the candidate is worse. */
export function worseTail(pair: PairedDifference): number {
  if (pair.binary) return fairTail(pair.worse, pair.better + pair.worse);
  return pair.n < 2 ? 1 : studentTail(-pair.centre / pair.error, pair.n - 1);
}

/** Two-sided p-value of the difference. */
export function pairProbability(pair: PairedDifference): number {
  return Math.min(1, 2 * Math.min(betterTail(pair), worseTail(pair)));
}
