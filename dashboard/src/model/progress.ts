import { BestTracker } from '../../../src/schemas/best.js';
import type { EvalKind, OptimizationIteration, OptimizationRun } from '../../../src/schemas/index.js';

/** What the optimizer did with a candidate, as far as it said so. */
export type Verdict = 'accepted' | 'rejected' | 'undecided';

/** What a mark of the progress chart stands for. */
export interface ProgressPoint {
  readonly iteration: number;
  /** Null where there is none yet, or none will come. */
  readonly score: number | null;
  readonly kind: EvalKind;
  readonly verdict: Verdict;
  readonly status: OptimizationIteration['status'];
  readonly isBaseline: boolean;
  /** Whether it is the best of the run. */
  readonly isBest: boolean;
  /** The best score up to here; null until there is one. */
  readonly bestSoFar: number | null;
}

export interface Progress {
  readonly points: readonly ProgressPoint[];
  /** The score that the run began with; null where nobody said and no baseline was recorded. */
  readonly baseline: number | null;
  readonly best: { readonly iteration: number; readonly score: number } | null;
  /** Iterations without a score: still running, or failed without one. */
  readonly withoutScore: number;
}

type RunFacts = Pick<OptimizationRun, 'direction' | 'initialScore' | 'bestIteration' | 'bestDeclared'>;

/**
 * The iterations as points in the order of their numbers, with the best so far by the rule of the database: completed full
 * evaluations that were not rejected, the earlier of equals.
 */
export function progressOf(iterations: readonly OptimizationIteration[], run: RunFacts): Progress {
  const standing = new BestTracker(run.direction);
  const following = iterations.map((each) => {
    standing.record(each.iteration, each);
    return standing.best?.score ?? null;
  });
  if (run.bestDeclared) standing.declare(run.bestIteration);
  const best = standing.best;
  const points = iterations.map((each, index): ProgressPoint => {
    const { iteration, score, evalKind, decision, status, isBaseline } = each;
    const bestSoFar = following[index] ?? null;
    const isBest = iteration === best?.iteration;
    return { iteration, score, kind: evalKind, verdict: decision ?? 'undecided', status, isBaseline, isBest, bestSoFar };
  });
  const baseline = run.initialScore ?? points.find((point) => point.isBaseline)?.score ?? null;
  return { points, baseline, best, withoutScore: points.filter(({ score }) => score === null).length };
}

/** Positive where `score` is better than `base`. */
export function gainOver(base: number, score: number, direction: OptimizationRun['direction']): number {
  return direction === 'minimize' ? base - score : score - base;
}

/** Whether there is more to come of a run. */
export function isEnded({ status }: Pick<OptimizationRun, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Where a run stands against where it began. */
export interface Standings {
  /** The final score, or the best so far. */
  readonly reached: number | null;
  readonly baseline: number | null;
  /** Positive is better; null where there is nothing to compare. */
  readonly gain: number | null;
  /** The gain as a percentage of the baseline's size; null where that is 0. */
  readonly gainPct: number | null;
  readonly verdict: 'improved' | 'unimproved' | 'no-baseline' | 'no-score';
  readonly isFinal: boolean;
}

export function standingsOf(run: OptimizationRun): Standings {
  const isFinal = isEnded(run);
  const reached = run.finalScore ?? run.bestScore;
  const baseline = run.initialScore;
  if (reached === null) return { reached, baseline, gain: null, gainPct: null, verdict: 'no-score', isFinal };
  if (baseline === null) return { reached, baseline, gain: null, gainPct: null, verdict: 'no-baseline', isFinal };
  const gain = run.improvement ?? gainOver(baseline, reached, run.direction);
  const gainPct = run.improvementPct ?? (baseline === 0 ? null : (gain / Math.abs(baseline)) * 100);
  return { reached, baseline, gain, gainPct, verdict: gain > 0 ? 'improved' : 'unimproved', isFinal };
}
