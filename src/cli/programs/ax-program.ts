import { OptrailError } from '../../errors.js';
import type { AxCandidate } from '../../optimizers/ax/candidate.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';

/**
 * A recorded program as the JSON that Ax's `axDeserializeOptimizedProgram` reads; `program.applyOptimization` of what it gives makes the
 * program that was scored. Throws `invalid_input` where the program is none of Ax's.
 */
export function axProgram(run: OptimizationRun, { score }: OptimizationIteration, program: unknown): Record<string, unknown> {
  const { componentMap, demos } = (program ?? {}) as Partial<AxCandidate>;
  if (typeof componentMap !== 'object' || componentMap === null) {
    throw new OptrailError(
      'invalid_input',
      `The program is not one that Ax can load: this run of ${run.optimizerType} recorded another kind.`,
      {
        hint: '--format json writes it as it was recorded.',
      },
    );
  }
  return {
    componentMap,
    demos: demos ?? [],
    optimizerType: run.optimizerType,
    bestScore: score,
    optimizationTime: run.durationMs ?? 0,
    totalRounds: run.iterations,
    converged: run.status === 'completed',
  };
}
