import type { EvalKind, IterationDecision, IterationStatus } from './iteration.js';

export interface RecordedIteration {
  iteration: number;
  /** SHA-256 of the program in hexadecimal; null if it carries none. */
  programHash: string | null;
  evalKind: EvalKind;
  status: IterationStatus;
  decision: IterationDecision | null;
  decisionReason: string | null;
  parentIterations: readonly number[];
  isBaseline: boolean;
  score: number | null;
  costUsd: number | null;
  /** Milliseconds since 1970; null if it is unknown. */
  endTime: number | null;
}

/** Samples column by column, so that many of them pass between threads fast. */
export interface RecordedSamples {
  iteration: readonly number[];
  /** Index into `examples`. */
  example: readonly number[];
  score: readonly (number | null)[];
  failed: readonly boolean[];
}

export interface RecordedExample {
  exampleHash: string | null;
  exampleId: string | null;
  /** Examples of one cluster count as one. */
  cluster: string | null;
}

/** What is recorded of a run, without its texts: the input of every verdict. */
export interface RecordedRun {
  runId: string;
  projectId: string;
  runName: string;
  optimizerType: string;
  status: string;
  metric: string | null;
  model: string | null;
  direction: 'maximize' | 'minimize';
  scoreMax: number;
  evalSetHash: string | null;
  /** Iteration that the caller declared the best; null if the scores decide. */
  declaredBest: number | null;
  startTime: number | null;
  endTime: number | null;
  totalCostUsd: number | null;
  totalTokens: number;
  iterations: readonly RecordedIteration[];
  examples: readonly RecordedExample[];
  samples: RecordedSamples;
}
