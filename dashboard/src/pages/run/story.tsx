import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useDeferredValue, useMemo } from 'react';
import type { Hindsight } from '../../../../src/schemas/receipt.js';
import type { OptimizationSample } from '../../../../src/schemas/sample.js';
import type { RunAssessment } from '../../../../src/schemas/trust.js';
import type { BlamedPrompt, EditImpact } from '../../../../src/schemas/trust-edits.js';
import { samplesQuery } from '../../api/samples.js';
import { findingsQuery } from '../../api/trust.js';
import { matrixQuery } from '../../api/views.js';
import { unitOf } from '../../format/names.js';
import { isEnded } from '../../model/progress.js';
import { type Story, storyOf } from '../../story/story.js';
import { useRun } from './useRun.js';

/** What the page tells of the run: its story, and what the data supports of it. */
export interface Told {
  readonly story: Story;
  /** Undefined while it is being read, and for a run that has not ended. */
  readonly assessment: RunAssessment | undefined;
  readonly hindsight: Hindsight | undefined;
  readonly edits: EditImpact | undefined;
  readonly blame: BlamedPrompt | undefined;
  /** Samples of the winner and of the baseline by their example's key; empty until they are read. */
  readonly answers: { readonly winner: Answers; readonly baseline: Answers };
  /** Why the samples cannot be shown; null if they can. */
  readonly matrixError: Error | null;
  readonly retryMatrix: () => void;
}

export type Answers = ReadonlyMap<string, OptimizationSample>;

const ToldContext = createContext<Told | null>(null);
const NOBODY: Answers = new Map();

export function useTold(): Told {
  const told = use(ToldContext);
  if (told === null) throw new Error('useTold needs a ToldProvider above it');
  return told;
}

/** Samples by the key of their example, as the story names it. */
const answersOf = (samples: readonly OptimizationSample[]): Answers =>
  new Map(samples.toReversed().map((sample) => [sample.exampleHash ?? `#${sample.sampleIndex}`, sample]));

export function ToldProvider({ children }: { children: ReactNode }) {
  const { run, reference, iterations } = useRun();
  const settled = useDeferredValue(iterations);
  const hasSamples = run.samplesEvaluated > 0 && settled.length > 0;
  const isOver = isEnded(run) && hasSamples;
  const matrix = useQuery({ ...matrixQuery(reference), enabled: hasSamples });
  const isJudged = isOver && run.status === 'completed' && matrix.data !== undefined;
  const { data: found } = useQuery({ ...findingsQuery(run, settled, matrix.data), enabled: isJudged });
  const assessment = found?.assessment;
  const bare = useMemo(
    () => storyOf({ run, iterations: settled, matrix: matrix.data, winner: assessment?.winner?.iteration }),
    [run, settled, matrix.data, assessment],
  );
  const winner = useAnswers(bare.winner?.iteration, bare.examples.length > 0);
  const baseline = useAnswers(bare.baseline?.iteration, bare.examples.length > 0);
  const story = useMemo(() => ({ ...bare, unit: unitOf([...winner.values()][0]?.input) }), [bare, winner]);
  const told = useMemo(
    () => ({
      story,
      assessment,
      hindsight: found?.hindsight,
      edits: found?.edits,
      blame: found?.blame ?? undefined,
      answers: { winner, baseline },
      matrixError: matrix.data === undefined ? matrix.error : null,
      retryMatrix: () => void matrix.refetch(),
    }),
    [story, assessment, found, winner, baseline, matrix.data, matrix.error, matrix.refetch],
  );
  return <ToldContext value={told}>{children}</ToldContext>;
}

/** The samples of one iteration by their example. */
export function useAnswers(iteration: number | undefined, isNeeded = true): Answers {
  const { reference } = useRun();
  const { data } = useQuery({ ...samplesQuery(reference, iteration ?? -1), enabled: iteration !== undefined && isNeeded });
  return useMemo(() => (data === undefined ? NOBODY : answersOf(data)), [data]);
}
