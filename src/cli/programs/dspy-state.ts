import { OptrailError } from '../../errors.js';
import { dspyPredictors } from '../../prompt/dspy.js';
import type { OptimizationRun } from '../../schemas/run.js';

/**
 * A recorded program as the JSON file that DSPy's `program.load(path)` reads: its `dump_state()` and, under `metadata`, the versions
 * that it was made with. Throws `invalid_input` where the program is none of DSPy's.
 */
export function dspyState(run: Pick<OptimizationRun, 'optimizerType' | 'metadata'>, program: unknown): Record<string, unknown> {
  if (dspyPredictors(program).length === 0) {
    throw new OptrailError(
      'invalid_input',
      `The program is not one that DSPy can load: this run of ${run.optimizerType} recorded another kind.`,
      {
        hint: '--format json writes it as it was recorded.',
      },
    );
  }
  const { dspy } = run.metadata as { dspy?: { dependency_versions?: unknown } };
  // Read by `load`, which warns where its own versions differ.
  return { ...(program as object), metadata: { dependency_versions: dspy?.dependency_versions ?? {} } };
}
