import { dspyPredictors } from './dspy.js';

/** The members of a run that the files name. */
interface FileOrigin {
  readonly optimizerType: string;
  readonly metadata: unknown;
  readonly durationMs: number | null;
  readonly iterations: number;
  readonly status: string;
}

/**
 * Writes the JSON file that DSPy's `program.load(path)` reads: the program's `dump_state()` and, under `metadata`, the versions that it was
 * made with. A recorded `text` is kept byte for byte, since a prompt made of other key orders or number forms is another prompt. Null if
 * DSPy cannot load the program.
 */
export function dspyFile(run: Pick<FileOrigin, 'metadata'>, program: unknown, text: string | null): string | null {
  if (dspyPredictors(program).length === 0) return null;
  const { dspy } = run.metadata as { dspy?: { dependency_versions?: unknown } };
  // `load` reads it, and warns if its own versions differ.
  const metadata = { dependency_versions: dspy?.dependency_versions ?? {} };
  if (text === null) return JSON.stringify({ ...(program as object), metadata }, null, 2);
  if ('metadata' in (program as object)) return text;
  return `${text.trimEnd().slice(0, -1).trimEnd()}, "metadata": ${JSON.stringify(metadata)}}`;
}

/**
 * Writes the JSON that Ax's `axDeserializeOptimizedProgram` reads; `program.applyOptimization` of it makes the program that was scored.
 * Null if Ax cannot load the program.
 */
export function axFile(run: Omit<FileOrigin, 'metadata'>, score: number | null, program: unknown): string | null {
  const { componentMap, demos } = (program ?? {}) as { componentMap?: unknown; demos?: unknown };
  if (typeof componentMap !== 'object' || componentMap === null) return null;
  const state = {
    componentMap,
    demos: demos ?? [],
    optimizerType: run.optimizerType,
    bestScore: score,
    optimizationTime: run.durationMs ?? 0,
    totalRounds: run.iterations,
    converged: run.status === 'completed',
  };
  return JSON.stringify(state, null, 2);
}
