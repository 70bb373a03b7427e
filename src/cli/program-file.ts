import { OptrailError } from '../errors.js';
import { axFile, dspyFile } from '../prompt/program-files.js';
import type { OptimizationIteration } from '../schemas/iteration.js';
import type { OptimizationRun } from '../schemas/run.js';

/** Writes a recorded program as the file that DSPy loads. Throws `invalid_input` if DSPy cannot load it. */
export function dspyState(run: OptimizationRun, program: unknown, text: string | null): string {
  return dspyFile(run, program, text) ?? refuse(run, 'DSPy');
}

/** Writes a recorded program as the file that Ax loads. Throws `invalid_input` if Ax cannot load it. */
export function axProgram(run: OptimizationRun, { score }: OptimizationIteration, program: unknown): string {
  return axFile(run, score, program) ?? refuse(run, 'Ax');
}

function refuse(run: OptimizationRun, library: string): never {
  throw new OptrailError(
    'invalid_input',
    `The program is not one that ${library} can load: this run of ${run.optimizerType} recorded another kind.`,
    { hint: '--format json writes it as it was recorded.' },
  );
}
