import { assess } from '../../src/trust/assess.js';
import { pairedDifference, pairInterval } from '../../src/trust/pair.js';
import { type Outcome, play, type World } from './worlds.js';

export interface CellResult {
  world: World;
  runs: number;
  /** Shares of runs, 0 to 1. */
  real: number;
  likely: number;
  worse: number;
  /** Runs in which a plain 95% interval of the winner lies above the baseline. */
  naive: number;
  /** Runs whose interval holds the winner's true difference. */
  covered: number;
}

/** Plays a world many times and counts the verdicts. */
export function simulate(world: World, runs: number, resamples: number, seed: number): CellResult {
  const counts = { real: 0, likely: 0, worse: 0, naive: 0, covered: 0 };
  for (let run = 0; run < runs; run++) {
    const outcome = play(world, seed + 7919 * run);
    const { scores, parents, overlap } = outcome;
    const verdict = assess({ scores, parents, overlap, seed: run, resamples });
    if (verdict.word === 'real') counts.real++;
    if (verdict.word === 'likely') counts.likely++;
    if (verdict.word === 'worse') counts.worse++;
    if (naiveClaim(outcome, verdict.winner)) counts.naive++;
    const [low, high] = verdict.interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const truth = outcome.truth[verdict.winner] ?? 0;
    if (low <= truth && truth <= high) counts.covered++;
  }
  const share = (count: number) => count / runs;
  return {
    world,
    runs,
    real: share(counts.real),
    likely: share(counts.likely),
    worse: share(counts.worse),
    naive: share(counts.naive),
    covered: share(counts.covered),
  };
}

function naiveClaim({ scores }: Outcome, winner: number): boolean {
  const differences = (scores[winner] ?? []).map((score, at) => score - (scores[0]?.[at] ?? 0));
  const [low] = pairInterval(pairedDifference(differences, null, 1e-9), 0.025);
  return low > 0;
}
