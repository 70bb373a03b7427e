import { BinomialSource, drawBinomial } from './binomial-draw.js';
import type { Proposal } from './proposals.js';
import type { SeededRandom } from './random.js';
import { Ranking } from './ranking.js';

/** Most values that replays of scores other than 0/1 draw: 2e7 take about 0.2 s. */
const MOST_DRAWS = 2e7;
/** Fewest replays of a large run; they tell a p-value of 0.05 to ±0.01. */
const FEWEST_REPLAYS = 1_000;

export interface Replayed {
  proposals: readonly Proposal[];
  /** Scores by complete program and example, higher is better; row 0 is the baseline. */
  rows: readonly Float64Array[];
  /** The two values of 0/1 scores; null for other scores. */
  values: readonly [number, number] | null;
  /** Gain of the winner over the baseline that was seen. */
  gain: number;
  tolerance: number;
}

export interface ReplayResult {
  /** Share of replays whose best beats its baseline by at least the gain that was seen. */
  p: number;
  /** Gain that 97.5% of replays stay below. */
  usual: number;
}

/**
 * Replay by rank: the recorded order of proposals in a world where no edit is worth anything. A child keeps the value of
 * its parent on an example with the probability of their correlation, and draws it from all values of the run otherwise.
 *
 * @returns how the gains of these replays lie to the gain that was seen
 */
export function replayByRank(replayed: Replayed, resamples: number, random: SeededRandom): ReplayResult {
  const n = replayed.rows[0]?.length ?? 0;
  const keeps = replayed.proposals.map((proposal) => keepOf(proposal, replayed.rows));
  const world = replayed.values === null ? new DrawnWorld(replayed, random) : new CountedWorld(replayed, random);
  const replays = replayed.values === null ? limited(resamples, n * replayed.rows.length) : resamples;
  const ranking = new Ranking();
  const chosen = replayed.proposals.map(({ parents }) => parents.slice());
  const gains = new Float64Array(replays);
  for (let round = 0; round < replays; round++) {
    ranking.clear();
    const base = world.baseline();
    ranking.add(0, base);
    let best = Number.NEGATIVE_INFINITY;
    for (const [at, { program, parentRanks }] of replayed.proposals.entries()) {
      const parents = chosen[at] as number[];
      for (let each = 0; each < parents.length; each++) parents[each] = ranking.at(parentRanks[each] as number);
      const mean = world.child(program, parents, keeps[at] as number);
      ranking.add(program, mean);
      if (mean > best) best = mean;
    }
    gains[round] = best - base;
  }
  const reached = gains.reduce((count, gain) => count + Number(gain >= replayed.gain - replayed.tolerance), 0);
  gains.sort();
  return { p: (1 + reached) / (replays + 1), usual: gains[Math.ceil(0.975 * replays) - 1] ?? 0 };
}

function limited(resamples: number, draws: number): number {
  return Math.min(resamples, Math.max(FEWEST_REPLAYS, Math.floor(MOST_DRAWS / Math.max(1, draws))));
}

/** Correlation of a child's scores with the mean of its parents', between 0 and 1. */
function keepOf({ program, parents }: Proposal, rows: readonly Float64Array[]): number {
  const child = rows[program] as Float64Array;
  const parent = child.map((_, at) => parents.reduce((sum, each) => sum + (rows[each]?.[at] ?? 0), 0) / parents.length);
  return Math.min(1, Math.max(0, correlation(child, parent)));
}

function correlation(left: Float64Array, right: Float64Array): number {
  const n = left.length;
  let [sumLeft, sumRight] = [0, 0];
  for (let at = 0; at < n; at++) {
    sumLeft += left[at] as number;
    sumRight += right[at] as number;
  }
  let [both, ofLeft, ofRight] = [0, 0, 0];
  for (let at = 0; at < n; at++) {
    const [x, y] = [(left[at] as number) - sumLeft / n, (right[at] as number) - sumRight / n];
    both += x * y;
    ofLeft += x * x;
    ofRight += y * y;
  }
  if (ofLeft * ofRight > 0) return both / Math.sqrt(ofLeft * ofRight);
  return ofLeft === 0 && ofRight === 0 && sumLeft === sumRight ? 1 : 0;
}

/** Draws values one by one. */
class DrawnWorld {
  private readonly pool: Float64Array;
  private readonly drawn: Float64Array[];
  private readonly n: number;

  constructor(
    { rows }: Replayed,
    private readonly random: SeededRandom,
  ) {
    this.n = rows[0]?.length ?? 0;
    this.pool = new Float64Array(rows.length * this.n);
    for (const [k, row] of rows.entries()) this.pool.set(row, k * this.n);
    // The order of programs and examples must not matter.
    this.pool.sort();
    this.drawn = rows.map(() => new Float64Array(this.n));
  }

  baseline(): number {
    return this.child(0, [], 0);
  }

  child(program: number, parents: readonly number[], keep: number): number {
    const row = this.drawn[program] as Float64Array;
    const [first] = parents;
    const only = parents.length === 1 && first !== undefined ? this.drawn[first] : undefined;
    let sum = 0;
    for (let at = 0; at < this.n; at++) {
      let value: number;
      if (keep > 0 && this.random.uniform() < keep) {
        const parent = only ?? (this.drawn[parents[this.random.below(parents.length)] as number] as Float64Array);
        value = parent[at] as number;
      } else value = this.pool[this.random.below(this.pool.length)] as number;
      row[at] = value;
      sum += value;
    }
    return sum / this.n;
  }
}

/** Draws how many examples have the higher of two values: examples are exchangeable, so that the count is enough. */
class CountedWorld {
  private readonly counts: Int32Array;
  private readonly share: number;
  private readonly n: number;
  private readonly low: number;
  private readonly step: number;
  private readonly base: BinomialSource;
  /** By program: of examples whose parent has the higher value, and of the others. */
  private readonly sources = new Map<number, readonly [high: BinomialSource, low: BinomialSource]>();

  constructor(
    { rows, values }: Replayed,
    private readonly random: SeededRandom,
  ) {
    this.n = rows[0]?.length ?? 0;
    this.counts = new Int32Array(rows.length);
    [this.low, this.step] = values === null ? [0, 1] : [values[0], values[1] - values[0]];
    let high = 0;
    for (const row of rows) for (const each of row) if (each > this.low + this.step / 2) high++;
    this.share = high / Math.max(1, rows.length * this.n);
    this.base = new BinomialSource(this.share, random);
  }

  baseline(): number {
    return this.settle(0, this.base.draw(this.n));
  }

  child(program: number, parents: readonly number[], keep: number): number {
    const [ofHigh, ofLow] = this.sourcesOf(program, keep);
    if (parents.length === 1) {
      const high = this.counts[parents[0] as number] as number;
      return this.settle(program, ofHigh.draw(high) + ofLow.draw(this.n - high));
    }
    let [left, count] = [this.n, 0];
    for (const [at, parent] of parents.entries()) {
      // Of several parents each gives its value to an equal share of the examples.
      const part = at === parents.length - 1 ? left : drawBinomial(left, 1 / (parents.length - at), this.random);
      const high = this.amongPart(parent, part);
      count += ofHigh.draw(high) + ofLow.draw(part - high);
      left -= part;
    }
    return this.settle(program, count);
  }

  private sourcesOf(program: number, keep: number): readonly [BinomialSource, BinomialSource] {
    const known = this.sources.get(program);
    if (known !== undefined) return known;
    const drawn = (1 - keep) * this.share;
    const made = [new BinomialSource(keep + drawn, this.random), new BinomialSource(drawn, this.random)] as const;
    this.sources.set(program, made);
    return made;
  }

  /** How many of `part` examples have the higher value for a parent. */
  private amongPart(parent: number, part: number): number {
    let [high, total, found] = [this.counts[parent] ?? 0, this.n, 0];
    for (let at = 0; at < part; at++) {
      if (this.random.uniform() * total < high) {
        high--;
        found++;
      }
      total--;
    }
    return found;
  }

  private settle(program: number, count: number): number {
    this.counts[program] = count;
    return this.low + (this.step * count) / this.n;
  }
}
