import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';

/** Why a run has no best iteration, in words: only a completed full evaluation that was not rejected can be the best. */
export function whyNoBest({ status }: OptimizationRun, iterations: readonly OptimizationIteration[]): string {
  const which = [
    { left: iterations, otherwise: `it is ${status} and recorded no iteration` },
    { left: iterations.filter(({ status: each }) => each === 'completed'), otherwise: 'no iteration was completed' },
    { left: iterations.filter(({ score }) => score !== null), otherwise: 'no iteration has a score' },
    {
      left: iterations.filter(({ evalKind }) => evalKind === 'full'),
      otherwise: 'there was no full evaluation, and a minibatch decides nothing',
    },
  ];
  return which.find(({ left }) => left.length === 0)?.otherwise ?? 'every full evaluation failed or was rejected';
}
