import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { SampleMatrix } from '../../../src/schemas/views.js';
import { cost, count } from '../format/number.js';
import { duration } from '../format/time.js';

export const AXES = ['calls', 'cost', 'time'] as const;
export type Axis = (typeof AXES)[number];

/** What was spent up to an iteration; null if it was not recorded. */
export interface Spend {
  /** Evaluated examples. */
  readonly calls: number | null;
  /** US dollars. */
  readonly cost: number | null;
  /** Milliseconds since the run's start. */
  readonly time: number | null;
}

const NOTHING: Spend = { calls: null, cost: null, time: null };

/** Running sums over a run's iterations. */
export function spendOf(
  iterations: readonly OptimizationIteration[],
  matrix: SampleMatrix | undefined,
  run: Pick<OptimizationRun, 'startTime' | 'createdAt'>,
): { at: (iteration: number) => Spend; total: Spend } {
  const calls = callsOf(matrix);
  const hasCost = iterations.some(({ costUsd }) => costUsd !== null && costUsd > 0);
  const start = Date.parse(run.startTime ?? run.createdAt);
  const sums = new Map<number, Spend>();
  let [spentCalls, spentCost, last] = [0, 0, NOTHING];
  for (const { iteration, costUsd, endTime, createdAt } of iterations) {
    spentCalls += calls.get(iteration) ?? 0;
    spentCost += costUsd ?? 0;
    last = {
      calls: calls.size === 0 ? null : spentCalls,
      cost: hasCost ? spentCost : null,
      time: Math.max(0, Date.parse(endTime ?? createdAt) - start, last.time ?? 0),
    };
    sums.set(iteration, last);
  }
  return { at: (iteration) => sums.get(iteration) ?? NOTHING, total: last };
}

function callsOf(matrix: SampleMatrix | undefined): Map<number, number> {
  const calls = new Map<number, number>();
  for (const [place, { iteration }] of matrix?.iterations.entries() ?? []) {
    calls.set(iteration, matrix?.examples.filter(({ outcomes }) => outcomes[place] !== null && outcomes[place] !== undefined).length ?? 0);
  }
  return calls;
}

/** Cents, and more places only below one. */
const dollars = (value: number): string => (value === 0 || value >= 0.01 ? `$${value.toFixed(2)}` : cost(value));

/** An amount on an axis in words: `$0.42`, `112 calls`, `3m 4s`. */
export function spendWords(axis: Axis, value: number): string {
  if (axis === 'cost') return dollars(value);
  return axis === 'calls' ? `${count(value)} calls` : duration(value);
}

/** A label of an axis' tick. */
export function tickWords(axis: Axis, value: number): string {
  if (axis === 'cost') return dollars(value);
  return axis === 'calls' ? count(value) : duration(value);
}

/** The axes that every given point was recorded on, with the best to start from first. */
export function axesOf(points: readonly Spend[]): readonly Axis[] {
  return AXES.filter(
    (axis) => points.length > 0 && points.every((point) => point[axis] !== null) && points.some((point) => (point[axis] ?? 0) > 0),
  );
}
