import { BestTracker } from '../../schemas/best.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { Direction } from '../../schemas/run.js';

/** The best score after each iteration, by the rule that decides the best of a run; null until there is one. */
export function bestSoFar(iterations: readonly OptimizationIteration[], direction: Direction): (number | null)[] {
  const standing = new BestTracker(direction);
  return iterations.map((each) => {
    standing.record(each.iteration, each);
    return standing.best?.score ?? null;
  });
}
