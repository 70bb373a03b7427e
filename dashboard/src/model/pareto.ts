import type { OptimizationIteration, OptimizationRun } from '../../../src/schemas/index.js';

/** Something that candidates are measured by. */
export interface Objective {
  /** Stands in the URL: `score`, `scores.<name>`, `cost`, `duration`, `tokens`. */
  readonly key: string;
  readonly title: string;
  readonly direction: 'maximize' | 'minimize';
  readonly unit: 'score' | 'usd' | 'ms' | 'tokens';
  measure(iteration: OptimizationIteration): number | null;
}

export interface ParetoPoint {
  readonly iteration: number;
  readonly x: number;
  readonly y: number;
  /** Nothing else is at least as good in both and better in one. */
  readonly isOnFront: boolean;
}

/** Completed full evaluations: a score of a minibatch, and what it cost, compare with nothing. */
function comparable(iterations: readonly OptimizationIteration[]): OptimizationIteration[] {
  return iterations.filter(({ status, evalKind, score }) => status === 'completed' && evalKind === 'full' && score !== null);
}

/** Names of measures that are better when lower, whatever the run's direction. */
const LOWER = /cost|latency|tokens?|duration|time|error|loss|length|penalty/i;

/**
 * The objectives that tell the candidates of a run apart; fewer than two if there is nothing to weigh. `turned` holds the keys
 * whose direction the reader turned round.
 */
export function objectivesOf(
  iterations: readonly OptimizationIteration[],
  { direction }: Pick<OptimizationRun, 'direction'>,
  turned: ReadonlySet<string> = new Set(),
): Objective[] {
  const rows = comparable(iterations);
  const names = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores ?? {})))].sort();
  const offered: Objective[] = [
    { key: 'score', title: 'score', direction, unit: 'score', measure: ({ score }) => score },
    ...names.map(
      (name): Objective => ({
        key: `scores.${name}`,
        title: name,
        direction: LOWER.test(name) ? 'minimize' : direction,
        unit: 'score',
        measure: ({ scores }) => (scores !== null && Object.hasOwn(scores, name) ? (scores[name] ?? null) : null),
      }),
    ),
    { key: 'cost', title: 'cost', direction: 'minimize', unit: 'usd', measure: ({ costUsd }) => costUsd },
    { key: 'duration', title: 'duration', direction: 'minimize', unit: 'ms', measure: ({ durationMs }) => durationMs },
    { key: 'tokens', title: 'tokens', direction: 'minimize', unit: 'tokens', measure: ({ totalTokens }) => totalTokens },
  ];
  const opposite = { maximize: 'minimize', minimize: 'maximize' } as const;
  const directed = offered.map((each) => (turned.has(each.key) ? { ...each, direction: opposite[each.direction] } : each));
  return directed.filter(({ key, measure }) => {
    const values = new Set(rows.map(measure).filter((value) => value !== null));
    return key === 'score' ? values.size > 0 : values.size > 1;
  });
}

/** The candidates by two objectives, in the order of `x`. Those without a value of either are left out. */
export function paretoOf(iterations: readonly OptimizationIteration[], across: Objective, up: Objective): ParetoPoint[] {
  const signX = across.direction === 'minimize' ? -1 : 1;
  const signY = up.direction === 'minimize' ? -1 : 1;
  const points = comparable(iterations).flatMap((each) => {
    const [x, y] = [across.measure(each), up.measure(each)];
    return x === null || y === null ? [] : [{ iteration: each.iteration, x, y }];
  });
  // From the best by x on, a point is on the front where nothing before it was as good by y, its own equals aside.
  const fromBest = [...points].sort((a, b) => (b.x - a.x) * signX || (b.y - a.y) * signY || a.iteration - b.iteration);
  const front = new Set<number>();
  let leader: { x: number; y: number } | undefined;
  for (const point of fromBest) {
    const isEqual = leader !== undefined && point.x === leader.x && point.y === leader.y;
    if (leader !== undefined && !isEqual && (point.y - leader.y) * signY <= 0) continue;
    front.add(point.iteration);
    leader = point;
  }
  return points.map((point) => ({ ...point, isOnFront: front.has(point.iteration) })).sort((a, b) => a.x - b.x || a.y - b.y);
}
