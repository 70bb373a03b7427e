import { OptrailError } from '../../errors.js';
import { dspyPredictors } from '../../prompt/dspy.js';
import type { OptimizationRun } from '../../schemas/run.js';

/**
 * Writes a recorded program as the JSON file that DSPy's `program.load(path)` reads: its `dump_state()` and, under `metadata`, the
 * versions that it was made with. The recorded text is kept byte for byte, since a prompt made of other key orders or number forms is
 * another prompt. Throws `invalid_input` if DSPy cannot load the program.
 */
export function dspyState(run: Pick<OptimizationRun, 'optimizerType' | 'metadata'>, program: unknown, text: string | null): string {
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
  // `load` reads it, and warns if its own versions differ.
  const metadata = { dependency_versions: dspy?.dependency_versions ?? {} };
  const recorded = unequalText(program, text);
  if (recorded === null) return JSON.stringify({ ...(program as object), metadata }, null, 2);
  if ('metadata' in (program as object)) return recorded;
  return `${recorded.trimEnd().slice(0, -1).trimEnd()}, "metadata": ${JSON.stringify(metadata)}}`;
}

/** The recorded text if writing the value anew would change more than white space; null otherwise. */
export function unequalText(program: unknown, text: string | null): string | null {
  return text === JSON.stringify(program) ? null : text;
}
