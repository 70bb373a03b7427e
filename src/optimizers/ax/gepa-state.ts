import type { IterationRecord } from '../../recorder/port.js';
import { sameTexts } from './candidate.js';
import type { AxOptimizer, ComponentMap } from './surface.js';

/** A candidate with its full score and the iteration that holds it. */
export interface RankedCandidate {
  readonly iteration: NonNullable<IterationRecord['iteration']>;
  readonly score: number;
}

/**
 * The two candidates that the merge now being evaluated joins. Ax tells an adapter the merged texts only, but it notes the
 * pair, as `first|second|ancestor`, just before. Empty where that note is missing.
 */
export function mergedPair<C>(optimizer: AxOptimizer, candidates: readonly C[]): C[] {
  const notes = optimizer.mergeAttemptKeys;
  const last = notes instanceof Set ? [...notes].at(-1) : undefined;
  if (typeof last !== 'string') return [];
  const pair = last.split('|', 2).map((index) => candidates[Number(index)]);
  return pair.every((candidate) => candidate !== undefined) ? (pair as C[]) : [];
}

/** The candidate whose texts Ax hands back as the optimized program; of several with the same texts, the best and latest. */
export function winnerOf<C extends RankedCandidate>(result: unknown, candidates: readonly C[]): C | undefined {
  const { optimizedProgram, paretoFront = [] } = (result ?? {}) as GepaResult;
  const texts = optimizedProgram?.componentMap;
  if (!texts) return undefined;
  return paretoFront
    .filter(({ configuration }) => configuration?.componentMap && sameTexts(configuration.componentMap, texts))
    .flatMap(({ configuration }) => candidates[configuration?.candidate ?? -1] ?? [])
    .sort((one, other) => other.score - one.score || other.iteration - one.iteration)[0];
}

interface GepaResult {
  optimizedProgram?: { componentMap?: ComponentMap };
  paretoFront?: readonly { configuration?: { candidate?: number; componentMap?: ComponentMap } }[];
}
