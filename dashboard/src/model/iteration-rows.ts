import type { OptimizationIteration } from '../../../src/schemas/index.js';
import type { Verdict } from './progress.js';

/** Which iterations; a list that is left out lets all through. */
export interface IterationFilter {
  readonly kind?: readonly OptimizationIteration['evalKind'][] | undefined;
  readonly decision?: readonly Verdict[] | undefined;
  readonly state?: readonly OptimizationIteration['status'][] | undefined;
}

export type IterationOrder = 'iteration' | 'score' | 'cost' | 'tokens' | 'duration';

const MEASURES: Record<IterationOrder, (row: OptimizationIteration) => number | null> = {
  iteration: ({ iteration }) => iteration,
  score: ({ score }) => score,
  cost: ({ costUsd }) => costUsd,
  tokens: ({ totalTokens }) => totalTokens,
  duration: ({ durationMs }) => durationMs,
};

/** The iterations that pass, in order; those without a value come last in either direction, and equals by their number. */
export function iterationRows(
  iterations: readonly OptimizationIteration[],
  { kind, decision, state }: IterationFilter,
  { by, descending }: { by: IterationOrder; descending: boolean },
): readonly OptimizationIteration[] {
  const passing = iterations.filter(
    (row) =>
      (kind?.includes(row.evalKind) ?? true) &&
      (decision?.includes(row.decision ?? 'undecided') ?? true) &&
      (state?.includes(row.status) ?? true),
  );
  if (by === 'iteration') return descending ? passing.reverse() : passing;
  const measure = MEASURES[by];
  return passing.sort((one, other) => {
    const [a, b] = [measure(one), measure(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || one.iteration - other.iteration;
    return (descending ? b - a : a - b) || one.iteration - other.iteration;
  });
}
