import type { GateOutcome } from '../schemas/trust.js';
import { betterTail, type PairedDifference, pairInterval, worseTail } from './pair.js';

export interface GateRule {
  /** Loss that is accepted, in units of the score. */
  margin: number;
  /** Gain that "better" must exceed; null asks for any gain. */
  minDelta: number | null;
  /** Error rate of each one-sided limit. */
  alpha: number;
}

export interface GateJudgement {
  outcome: GateOutcome;
  /** Two one-sided limits at alpha. */
  interval: [number, number] | null;
}

/** Judges a candidate against a baseline by one-sided limits; a loss must also show in the exact test. */
export function judgeGate(pair: PairedDifference, { margin, minDelta, alpha }: GateRule): GateJudgement {
  if (pair.n === 0) return { outcome: 'not comparable', interval: null };
  const interval = pairInterval(pair, alpha);
  const [low, high] = interval;
  // Student's t needs two examples; a single one leaves the limits open.
  const known = Number.isFinite(low) && Number.isFinite(high) ? interval : null;
  const sure = (tail: number) => !pair.binary || tail <= alpha;
  if (high < -margin && sure(worseTail(pair))) return { outcome: 'regression', interval: known };
  if (low > (minDelta ?? 0) && sure(betterTail(pair))) return { outcome: 'better', interval: known };
  if (minDelta === null && low > -margin) return { outcome: 'not worse', interval: known };
  return { outcome: 'undecided', interval: known };
}

/** Exit code of a command line that acts on the outcome. */
export function gateExitCode(outcome: GateOutcome, undecided: 'pass' | 'fail'): 0 | 1 | 3 | 4 {
  if (outcome === 'not comparable') return 1;
  if (outcome === 'regression') return 3;
  if (outcome === 'undecided') return undecided === 'pass' ? 0 : 4;
  return 0;
}
