import type { PairedDifference } from './pair.js';

/** Normal quantiles for a one-sided 5% test with 80% power. */
const Z_ALPHA = 1.645;
const Z_POWER = 0.8416;

/**
 * Examples that would tell a difference of the size seen, one-sided 5% with 80% power; null if nothing differs.
 * For 0/1 scores the formula of Connor (1987) with a correction for few examples.
 */
export function examplesNeeded(pair: PairedDifference): number | null {
  const size = Math.abs(pair.difference) / pair.step;
  if (pair.n === 0 || size <= 0 || !Number.isFinite(size)) return null;
  if (pair.binary) return Math.ceil(pairsFor(size, (pair.better + pair.worse) / pair.n));
  const spread = pair.error * Math.sqrt(pair.n);
  return Math.max(2, Math.ceil(((Z_ALPHA + Z_POWER) * (spread / size)) ** 2) + 2);
}

/** The same for a planned 0/1 comparison: `differing` is the share of examples that differ, `size` the difference. */
function pairsFor(size: number, differing: number): number {
  const rest = Math.sqrt(Math.max(0, differing - size * size));
  return ((Z_ALPHA * Math.sqrt(differing) + Z_POWER * rest) / size) ** 2 + 2 / size;
}
