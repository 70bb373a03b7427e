import { judgeGate } from '../../src/trust/gate.js';
import { pairedDifference } from '../../src/trust/pair.js';
import { SeededRandom } from '../../src/trust/random.js';
import { SequentialTest } from '../../src/trust/sequential.js';
import { play } from './worlds.js';

const RULE = { minDelta: null, alpha: 0.05 };

/** Share of gates that let a true loss pass, which is as large as the margin; or that call equal prompts a regression. */
export function gateShares(n: number, binary: boolean, loss: number, runs: number): { passed: number; regression: number } {
  let [passed, regression] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const { scores, truth } = play({ n, k: 1, climb: 'siblings', binary, gain: -loss, only: 1 }, 31 + 7919 * run);
    const differences = (scores[1] ?? []).map((score, at) => score - (scores[0]?.[at] ?? 0));
    const pair = pairedDifference(differences, binary ? 1 : null, 1e-9);
    const { outcome } = judgeGate(pair, { ...RULE, margin: Math.abs(truth[1] ?? 0) });
    if (outcome === 'not worse' || outcome === 'better') passed++;
    if (judgeGate(pair, { ...RULE, margin: 0 }).outcome === 'regression') regression++;
  }
  return { passed: passed / runs, regression: regression / runs };
}

/** Normal quantiles of a fixed plan: one-sided 2.5%, 80% power. */
const Z = { alpha: 1.96, power: 0.8416 };

/** Examples of a fixed plan, by the formula that `examplesNeeded` uses at one-sided 5%. */
function fixedPlan(size: number, differing: number): number {
  const rest = Math.sqrt(differing - size * size);
  return ((Z.alpha * Math.sqrt(differing) + Z.power * rest) / size) ** 2 + 2 / size;
}

export interface SequentialShares {
  real: number;
  /** Stopping times as multiples of the fixed plan; infinite if it never decided. */
  median: number;
  p80: number;
}

/** Looks after every pair, up to `most` of them. */
export function sequentialShares(size: number, differing: number, most: number, runs: number): SequentialShares {
  const plan = size === 0 ? most : fixedPlan(size, differing);
  const stops = Array.from({ length: runs }, (_, run) => stopOf(size, differing, most, 17 + 7919 * run) / plan);
  stops.sort((left, right) => left - right);
  const real = stops.filter(Number.isFinite).length / runs;
  return { real, median: stops[Math.floor(0.5 * runs)] ?? 0, p80: stops[Math.floor(0.8 * runs)] ?? 0 };
}

/** The pair after which "better" is decided; infinite if it is not. */
function stopOf(size: number, differing: number, most: number, seed: number): number {
  const random = new SeededRandom(seed);
  const test = new SequentialTest(1, 1e-9);
  for (let pair = 1; pair <= most; pair++) {
    if (random.uniform() >= differing) continue;
    test.add(random.uniform() < (1 + size / differing) / 2 ? 1 : -1);
    const outcome = test.outcome(most);
    if (outcome === 'better') return pair;
    if (outcome === 'worse') break;
  }
  return Number.POSITIVE_INFINITY;
}
