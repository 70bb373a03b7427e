import { binomialMass } from './distributions.js';
import type { SeededRandom } from './random.js';

/** Most trials that a table is kept for; its rows take at most 130 kB. */
const MOST_TABLED = 128;

/** Draws from binomial distributions of one probability. Tables of the distribution save most of the time if trials are few. */
export class BinomialSource {
  private readonly rows: (Float64Array | undefined)[] = [];

  constructor(
    private readonly probability: number,
    private readonly random: SeededRandom,
  ) {}

  draw(trials: number): number {
    if (trials <= 0) return 0;
    if (trials > MOST_TABLED) return drawBinomial(trials, this.probability, this.random);
    this.rows[trials] ??= cumulated(trials, this.probability);
    const row = this.rows[trials];
    const share = this.random.uniform();
    let [low, high] = [0, trials];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((row[middle] as number) > share) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function cumulated(trials: number, probability: number): Float64Array {
  let sum = 0;
  return Float64Array.from({ length: trials + 1 }, (_, count) => {
    sum += binomialMass(count, trials, probability);
    return sum;
  });
}

/** Draws how many of `trials` succeed, by inversion outwards from the most probable count. */
export function drawBinomial(trials: number, probability: number, random: SeededRandom): number {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  const mode = Math.min(trials, Math.floor((trials + 1) * probability));
  const odds = probability / (1 - probability);
  const peak = binomialMass(mode, trials, probability);
  let left = random.uniform() - peak;
  if (left <= 0) return mode;
  let [low, lowMass, high, highMass] = [mode, peak, mode, peak];
  while (low > 0 || high < trials) {
    // Beyond an end the mass is 0, so that the other end goes on alone.
    highMass *= ((trials - high) / (high + 1)) * odds;
    high = Math.min(trials, high + 1);
    left -= highMass;
    if (left <= 0) return high;
    lowMass *= low / (trials - low + 1) / odds;
    low = Math.max(0, low - 1);
    left -= lowMass;
    if (left <= 0) return low;
  }
  return mode;
}
