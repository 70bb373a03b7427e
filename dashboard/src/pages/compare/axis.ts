import type { OptimizationIteration } from '../../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import type { RunCurve, SampleMatrix } from '../../../../src/schemas/views.js';
import type { Axis } from './search.js';

export interface CurveData {
  run: OptimizationRun;
  curve: RunCurve | null | undefined;
  iterations: readonly OptimizationIteration[] | undefined;
  matrix: SampleMatrix | undefined;
}

type Place = (iteration: number) => number | null;

/** A sum up to each iteration; null throughout where nothing was recorded to be summed. */
function running(values: readonly (readonly [iteration: number, value: number | null])[]): Place {
  if (values.every(([, value]) => value === null)) return () => null;
  const sums = new Map<number, number>();
  let sum = 0;
  for (const [iteration, value] of values) {
    sum += value ?? 0;
    sums.set(iteration, sum);
  }
  return (iteration) => sums.get(iteration) ?? null;
}

function calls({ iterations, examples }: SampleMatrix): Place {
  return running(
    iterations.map(({ iteration }, column) => {
      const evaluated = examples.filter(({ outcomes }) => outcomes[column] !== null).length;
      return [iteration, evaluated === 0 ? null : evaluated];
    }),
  );
}

function time(run: OptimizationRun, iterations: readonly OptimizationIteration[]): Place {
  const start = Date.parse(run.startTime ?? run.createdAt);
  const ends = new Map(
    iterations.map(({ iteration, endTime, createdAt }) => [iteration, (Date.parse(endTime ?? createdAt) - start) / 1000]),
  );
  return (iteration) => ends.get(iteration) ?? null;
}

function placeOn(axis: Axis, { run, iterations, matrix }: CurveData): Place | undefined {
  if (axis === 'iteration') return (iteration) => iteration;
  if (axis === 'calls') return matrix && calls(matrix);
  if (iterations === undefined) return undefined;
  return axis === 'cost' ? running(iterations.map(({ iteration, costUsd }) => [iteration, costUsd])) : time(run, iterations);
}

export type Point = [at: number, best: number];

/** A run's best score so far along an axis; empty where the axis was not recorded, undefined while it is being read. */
export function pointsOn(axis: Axis, data: CurveData): Point[] | undefined {
  const place = placeOn(axis, data);
  if (place === undefined || data.curve === undefined) return undefined;
  return (data.curve?.points ?? []).flatMap(({ iteration, best }): Point[] => {
    const at = place(iteration);
    return at === null ? [] : [[at, best]];
  });
}
