import type { RecordedIteration, RecordedRun } from '../../src/schemas/recorded-run.js';

export interface Evaluated {
  /** Program; equal letters are one program. */
  program: string | null;
  /** Scores by example: a digit or number, null for failed without a score, undefined for not evaluated. */
  scores: readonly (number | null | undefined)[];
  parents?: number[];
  more?: Partial<RecordedIteration>;
  /** First example, for minibatches and held-out sets. */
  from?: number;
}

/** Scores from a text of digits; `-` is not evaluated, `x` failed without a score. */
export const digits = (text: string) => [...text].map((each) => (each === '-' ? undefined : each === 'x' ? null : Number(each)));

/** A record of evaluations, numbered from 0; an example without a hash is known by its place. */
export function recordOf(evaluations: readonly Evaluated[], more: Partial<RecordedRun> = {}): RecordedRun {
  const samples = { iteration: [] as number[], example: [] as number[], score: [] as (number | null)[], failed: [] as boolean[] };
  let examples = 0;
  const iterations = evaluations.map(({ program, scores, parents = [], more: own = {}, from = 0 }, iteration): RecordedIteration => {
    for (const [at, score] of scores.entries()) {
      examples = Math.max(examples, from + at + 1);
      if (score === undefined) continue;
      samples.iteration.push(iteration);
      samples.example.push(from + at);
      samples.score.push(score);
      samples.failed.push(score === null);
    }
    return {
      iteration,
      programHash: program,
      evalKind: 'full',
      status: 'completed',
      decision: null,
      decisionReason: null,
      parentIterations: parents,
      isBaseline: iteration === 0,
      score: null,
      costUsd: null,
      endTime: null,
      ...own,
    };
  });
  return {
    runId: '01900000-0000-7000-8000-000000000001',
    projectId: 'p',
    runName: 'run',
    optimizerType: 'gepa',
    status: 'completed',
    metric: 'accuracy',
    model: null,
    direction: 'maximize',
    scoreMax: 1,
    evalSetHash: 'set',
    declaredBest: null,
    startTime: null,
    endTime: null,
    totalCostUsd: null,
    totalTokens: 0,
    iterations,
    examples: Array.from({ length: examples }, (_, at) => ({ exampleHash: `e${at}`, exampleId: null, cluster: null })),
    samples,
    ...more,
  };
}
